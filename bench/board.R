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
# A model's table, as summary.coxph has it.
terms_of <- function(model) {
  s <- summary(model)
  data.frame(coef = s$coefficients[, "coef"], std_error = s$coefficients[, "se(coef)"], hazard_ratio = s$conf.int[, 1],
             conf_low = s$conf.int[, 3], conf_high = s$conf.int[, 4], p_value = s$coefficients[, "Pr(>|z|)"])
}
not_estimable <- data.frame(coef = NA, std_error = NA, hazard_ratio = NA, conf_low = NA, conf_high = NA, p_value = NA)
# The treatment's hazard ratio per level, and the likelihood ratio of its product with the factor.
subgroups <- function(s, data) {
  p <- names <- levels <- c(); patients <- events <- ratios <- NULL
  for (f in factors) {
    by <- levels_of(data, f)
    for (l in levels(by)) {
      keep <- by == l
      n <- table(data$arm[keep]); d <- tapply(s[keep, 2], data$arm[keep], sum)
      one <- if (all(n > 1) && all(d > 0)) suppressWarnings(coxph(s[keep] ~ arm, data = data[keep, ]))
      finite <- !is.null(one) && abs(coef(one)) < 10  # R lets a monotone likelihood run off
      ratios <- rbind(ratios, if (finite) terms_of(one) else not_estimable)
      names <- c(names, f); levels <- c(levels, l)
      patients <- rbind(patients, n); events <- rbind(events, d)
    }
    both <- coxph(s ~ data$arm + by); crossed <- suppressWarnings(coxph(s ~ data$arm * by))
    p <- c(p, anova(both, crossed)[2, 4])
  }
  list(rows = data.frame(factor = names, level = levels, n = patients, n_event = events, ratios),
       interactions = data.frame(factor = factors, p_value = p, p_adjusted = p.adjust(p, "BH")))
}
# The baseline table by arm: numbers (also by their cuts) and levels, with standardised differences and tests.
exact <- nrow(data) <= 1000
levels_row <- function(f, values, arm) {
  t <- table(values, arm); t <- t[rowSums(t) > 0, , drop = FALSE]
  shares <- prop.table(t, 2)
  a <- shares[-1, 1]; b <- shares[-1, 2]
  s <- (diag(a, length(a)) - outer(a, a) + diag(b, length(b)) - outer(b, b)) / 2
  list(rows = data.frame(variable = f, level = rownames(t), group = rep(colnames(t), each = nrow(t)), count = c(t),
                         share = c(shares)),
       smd = sqrt(sum((a - b) * solve(s, a - b))),
       p = if (exact) fisher.test(t)$p.value else chisq.test(t, correct = FALSE)$p.value)
}
number_row <- function(f, values, arm) {
  parts <- split(values, arm)
  summed <- sapply(parts, function(v) c(mean(v), sd(v), quantile(v, c(0.5, 0.25, 0.75)), range(v)))
  list(rows = data.frame(variable = f, group = names(parts), n = lengths(parts), t(summed)),
       smd = abs(mean(parts[[1]]) - mean(parts[[2]])) / sqrt((var(parts[[1]]) + var(parts[[2]])) / 2),
       p = wilcox.test(parts[[1]], parts[[2]])$p.value)
}
tests_of <- function(found, names) data.frame(variable = names, smd = sapply(found, `[[`, "smd"),
                                              p_value = sapply(found, `[[`, "p"))
baseline_table <- function(data) {
  measured <- intersect(c("age", "afp_ng_ml", "tumor_size_cm"), factors)
  numbers <- lapply(measured, function(f) number_row(f, data[[f]], data$arm))
  levels <- lapply(factors, function(f) levels_row(f, levels_of(data, f), data$arm))
  list(numbers = do.call(rbind, lapply(numbers, `[[`, "rows")), number_tests = tests_of(numbers, measured),
       levels = do.call(rbind, lapply(levels, `[[`, "rows")), level_tests = tests_of(levels, factors))
}
survival <- function(s, data) {
  fit <- survfit(s ~ arm, data = data, conf.type = "log-log")
  all <- summary(fit, censored = TRUE)
  curves <- data.frame(strata = all$strata, time = all$time, n_risk = all$n.risk, n_event = all$n.event,
                       n_censor = all$n.censor, estimate = all$surv, std_error = all$std.err, conf_low = all$lower,
                       conf_high = all$upper, cumulative_hazard = all$cumhaz)
  q <- quantile(fit, 0.5)
  medians <- data.frame(strata = names(fit$strata), n = fit$n, n_event = tapply(s[, 2], data$arm, sum),
                        median = c(q$quantile), conf_low = c(q$lower), conf_high = c(q$upper))
  test <- survdiff(s ~ arm, data = data)
  log_rank <- data.frame(statistic = test$chisq, df = 1, p_value = pchisq(test$chisq, 1, lower.tail = FALSE))
  cox <- coxph(s ~ arm, data = data, ties = "efron")
  at <- summary(fit, times = c(6, 12, 24), extend = TRUE)
  at <- data.frame(strata = at$strata, time = at$time, n_risk = at$n.risk, n_event = at$n.event, estimate = at$surv,
                   std_error = at$std.err, conf_low = at$lower, conf_high = at$upper)
  m <- summary(fit, rmean = min(tapply(s[, 1], data$arm, max)))$table[, c("rmean", "se(rmean)")]
  means <- data.frame(strata = names(fit$strata), estimate = m[, 1], std_error = m[, 2],
                      conf_low = m[, 1] - qnorm(0.975) * m[, 2], conf_high = m[, 1] + qnorm(0.975) * m[, 2])
  list(curves = curves, medians = medians, log_rank = log_rank, effect = terms_of(cox), at = at,
       means = means, forest = subgroups(s, data))
}
adverse_events <- function(data) {
  grades <- as.matrix(data[, grep("^ae_", names(data))])
  test_arm <- data$arm == levels(data$arm)[2]
  rows <- NULL
  for (band in list(c("any", 1, 5), c("1-2", 1, 2), c(">=3", 3, 5))) {
    p <- low <- high <- n1 <- x1 <- n0 <- x0 <- c()
    for (j in seq_len(ncol(grades))) {
      had <- grades[, j] >= as.integer(band[2]) & grades[, j] <= as.integer(band[3])
      table <- matrix(c(sum(had & test_arm), sum(!had & test_arm),
                        sum(had & !test_arm), sum(!had & !test_arm)), 2)
      p <- c(p, if (any(had)) fisher.test(table)$p.value else NA)
      x1 <- c(x1, table[1, 1]); n1 <- c(n1, sum(table[, 1])); x0 <- c(x0, table[1, 2]); n0 <- c(n0, sum(table[, 2]))
      limits <- miettinen_nurminen(x1[j], n1[j], x0[j], n0[j])
      low <- c(low, limits[1]); high <- c(high, limits[2])
    }
    rows <- rbind(rows, data.frame(term = colnames(grades), band = band[1], n_1 = n1, n_event_1 = x1, rate_1 = x1 / n1,
                                   n_0 = n0, n_event_0 = x0, rate_0 = x0 / n0, p_value = p, p_adjusted = p.adjust(p, "BH"),
                                   risk_difference = x1 / n1 - x0 / n0, conf_low = low, conf_high = high))
  }
  rows
}
board <- function() {
  data <- data[data$afp_ng_ml >= 0, ]
  model <- coxph(reformulate(c("arm", sub("afp_ng_ml", "log2(afp_ng_ml)", factors)), "Surv(os_months, os_event)"), data = data)
  list(os = survival(Surv(data$os_months, data$os_event), data), pfs = survival(Surv(data$pfs_months, data$pfs_event), data),
       model = terms_of(model), zph = as.data.frame(cox.zph(model, transform = "km")$table),
       events = adverse_events(data), baseline = suppressWarnings(baseline_table(data)))
}
# The figures that the bench compares with ours.
figures <- function(b) {
  out <- list()
  for (e in c("os", "pfs")) with(b[[e]], {
    out[[e]] <<- c(medians$median, log_rank$p_value, effect$coef, effect$std_error, at$estimate, means$estimate,
                   means$std_error)
    out[[paste0(e, "_subgroups")]] <<- c(forest$rows$coef, forest$rows$std_error)
    out[[paste0(e, "_interactions")]] <<- forest$interactions$p_value
  })
  numbers <- b$baseline$numbers
  c(out, list(
    model = c(b$model$coef, b$model$std_error), zph = b$zph$p, fisher = b$events$p_value,
    limits = c(b$events$conf_low, b$events$conf_high),
    baseline_numbers = unlist(lapply(seq_len(nrow(b$baseline$number_tests)), function(i) {
      test <- b$baseline$number_tests[i, ]
      c(t(numbers[numbers$variable == test$variable, -(1:3)]), test$smd, test$p_value)
    })),
    baseline_levels = unlist(lapply(seq_along(factors), function(i) {
      test <- b$baseline$level_tests[i, ]
      c(b$baseline$levels$count[b$baseline$levels$variable == test$variable], test$smd, test$p_value)
    }))))
}
result <- figures(board())
times <- sapply(seq_len(as.integer(args[2])), function(i) system.time(board(), gcFirst = FALSE)[["elapsed"]])
cat("ms", format(median(times) * 1000, digits = 8), "\n")
for (name in names(result)) cat(name, format(result[[name]], digits = 17), "\n")
