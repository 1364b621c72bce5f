# The board's statistics in R, timed: Rscript bench/board.R FILE REPEATS
# Prints the median time in milliseconds, then the figures that the bench compares.
suppressMessages(library(survival))
args <- commandArgs(trailingOnly = TRUE)
data <- read.csv(args[1])
data$arm <- factor(data$arm, levels = unique(c(args[3], data$arm)))
# Miettinen-Nurminen limits in their closed form, found by uniroot, as contributed packages do.
miettinen_nurminen <- function(x1, n1, x0, n0) {
  n <- n1 + n0; x <- x1 + x0; d <- x1 / n1 - x0 / n0; z <- qnorm(0.975)
  excess <- function(delta) {
    l2 <- (n1 + 2 * n0) * delta - n - x
    l1 <- (n0 * delta - n - 2 * x0) * delta + x
    l0 <- x0 * delta * (1 - delta)
    q <- l2^3 / (3 * n)^3 - l1 * l2 / (6 * n^2) + l0 / (2 * n)
    p <- sign(q) * sqrt(max(l2^2 / (3 * n)^2 - l1 / (3 * n), 0))
    a <- (pi + acos(max(min(if (p == 0) 0 else q / p^3, 1), -1))) / 3
    p0 <- min(max(2 * p * cos(a) - l2 / (3 * n), 0), 1)
    p1 <- min(max(p0 + delta, 0), 1)
    abs(d - delta) - z * sqrt((p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / (n - 1))
  }
  c(uniroot(excess, c(-1 + 1e-12, d - 1e-9), tol = 1e-12)$root,
    uniroot(excess, c(d + 1e-9, 1 - 1e-12), tol = 1e-12)$root)
}
factors <- c("age", "sex", "ecog", "child_pugh", "etiology", "afp_ng_ml", "tumor_size_cm", "tumor_number", "pvtt", "hvtt",
             "t_stage", "n_stage")
for (f in setdiff(factors, c("age", "afp_ng_ml", "tumor_size_cm"))) data[[f]] <- factor(data[[f]])
data$tumor_number <- factor(data$tumor_number, levels = c("single", "multiple"))
data$pvtt <- droplevels(factor(data$pvtt, levels = c("none", "Vp1", "Vp2", "Vp3", "Vp4")))
factors <- factors[sapply(factors, function(f) length(unique(data[[f]])) > 1)]
levels_of <- function(d, f) switch(f, age = factor(d$age >= 65), afp_ng_ml = factor(d$afp_ng_ml > 400),
                                   tumor_size_cm = cut(d$tumor_size_cm, c(-Inf, 5, 10, Inf)), d[[f]])
# The treatment's hazard ratio per level, and the likelihood ratio of its product with the factor.
subgroups <- function(s, data) {
  coefs <- errors <- p <- c()
  for (f in factors) {
    by <- levels_of(data, f)
    for (l in levels(by)) {
      keep <- by == l
      one <- if (all(table(data$arm[keep]) > 1) && all(tapply(s[keep, 2], data$arm[keep], sum) > 0))
        suppressWarnings(coxph(s[keep] ~ arm, data = data[keep, ]))
      finite <- !is.null(one) && abs(coef(one)) < 10  # R lets a monotone likelihood run off
      coefs <- c(coefs, if (finite) coef(one) else NA); errors <- c(errors, if (finite) sqrt(vcov(one)[1, 1]) else NA)
    }
    both <- coxph(s ~ data$arm + by); crossed <- suppressWarnings(coxph(s ~ data$arm * by))
    p <- c(p, pchisq(2 * (crossed$loglik[2] - both$loglik[2]), sum(!is.na(coef(crossed))) - sum(!is.na(coef(both))),
                     lower.tail = FALSE))
  }
  list(coef = coefs, error = errors, p = p)
}
# The baseline table by arm: numbers (also by their cuts) and levels, with standardised differences and tests.
exact <- nrow(data) <= 1000
levels_row <- function(values, arm) {
  t <- table(values, arm); t <- t[rowSums(t) > 0, , drop = FALSE]
  shares <- prop.table(t, 2)
  a <- shares[-1, 1]; b <- shares[-1, 2]
  s <- (diag(a, length(a)) - outer(a, a) + diag(b, length(b)) - outer(b, b)) / 2
  list(count = c(t), share = c(shares), smd = sqrt(sum((a - b) * solve(s, a - b))),
       p = if (exact) fisher.test(t)$p.value else chisq.test(t, correct = FALSE)$p.value)
}
number_row <- function(values, arm) {
  parts <- split(values, arm)
  summed <- sapply(parts, function(v) c(mean(v), sd(v), quantile(v, c(0.5, 0.25, 0.75)), range(v)))
  list(summed = c(summed), smd = abs(mean(parts[[1]]) - mean(parts[[2]])) / sqrt((var(parts[[1]]) + var(parts[[2]])) / 2),
       p = wilcox.test(parts[[1]], parts[[2]])$p.value)
}
baseline_table <- function(data) {
  numbers <- lapply(intersect(c("age", "afp_ng_ml", "tumor_size_cm"), factors), function(f) number_row(data[[f]], data$arm))
  rows <- lapply(factors, function(f) levels_row(levels_of(data, f), data$arm))
  list(numbers = numbers, rows = rows)
}
board <- function() {
  data <- data[data$afp_ng_ml >= 0, ]
  grades <- as.matrix(data[, grep("^ae_", names(data))])
  out <- list()
  for (e in c("os", "pfs")) {
    s <- Surv(data[[paste0(e, "_months")]], data[[paste0(e, "_event")]])
    fit <- survfit(s ~ arm, data = data, conf.type = "log-log")
    q <- quantile(fit, 0.5)
    test <- survdiff(s ~ arm, data = data)
    cox <- coxph(s ~ arm, data = data, ties = "efron")
    at <- summary(fit, times = c(6, 12, 24), extend = TRUE)
    means <- summary(fit, rmean = min(tapply(s[, 1], data$arm, max)))$table
    out[[e]] <- c(q$quantile, pchisq(test$chisq, 1, lower.tail = FALSE), coef(cox),
                  sqrt(diag(vcov(cox))), at$surv, means[, "rmean"], means[, "se(rmean)"])
    sub <- subgroups(s, data)
    out[[paste0(e, "_subgroups")]] <- c(sub$coef, sub$error)
    out[[paste0(e, "_interactions")]] <- sub$p
  }
  model <- coxph(reformulate(c("arm", sub("afp_ng_ml", "log2(afp_ng_ml)", factors)), "Surv(os_months, os_event)"), data = data)
  zph <- cox.zph(model, transform = "km")$table
  out$model <- c(coef(model), sqrt(diag(vcov(model))))
  out$zph <- zph[, "p"]
  p <- low <- high <- c()
  test_arm <- data$arm == levels(data$arm)[2]
  for (band in list(c(1, 2), c(3, 5))) for (j in seq_len(ncol(grades))) {
    had <- grades[, j] >= band[1] & grades[, j] <= band[2]
    table <- matrix(c(sum(had & test_arm), sum(!had & test_arm),
                      sum(had & !test_arm), sum(!had & !test_arm)), 2)
    p <- c(p, if (any(had)) fisher.test(table)$p.value else NA)
    limits <- miettinen_nurminen(table[1, 1], sum(table[, 1]), table[1, 2], sum(table[, 2]))
    low <- c(low, limits[1]); high <- c(high, limits[2])
  }
  out$fisher <- p
  b <- suppressWarnings(baseline_table(data))
  out$baseline_numbers <- unlist(lapply(b$numbers, function(r) c(r$summed, r$smd, r$p)))
  out$baseline_levels <- unlist(lapply(b$rows, function(r) c(r$count, r$smd, r$p)))
  out$limits <- c(low, high)
  out
}
result <- board()
times <- sapply(seq_len(as.integer(args[2])), function(i) system.time(board(), gcFirst = FALSE)[["elapsed"]])
cat("ms", format(median(times) * 1000, digits = 8), "\n")
for (name in names(result)) cat(name, format(result[[name]], digits = 17), "\n")
