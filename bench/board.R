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
    out[[e]] <- c(q$quantile, pchisq(test$chisq, 1, lower.tail = FALSE), coef(cox),
                  sqrt(diag(vcov(cox))))
  }
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
  out$limits <- c(low, high)
  out
}
result <- board()
times <- sapply(seq_len(as.integer(args[2])), function(i) system.time(board(), gcFirst = FALSE)[["elapsed"]])
cat("ms", format(median(times) * 1000, digits = 8), "\n")
for (name in names(result)) cat(name, format(result[[name]], digits = 17), "\n")
