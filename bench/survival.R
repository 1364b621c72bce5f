# The Survival page's statistics in R, timed: Rscript bench/survival.R FILE REPEATS REFERENCE
# Prints the median time in milliseconds, then the figures that the bench compares.
suppressMessages(library(survival))
args <- commandArgs(trailingOnly = TRUE)
data <- read.csv(args[1])
data$arm <- factor(data$arm, levels = unique(c(args[3], data$arm)))
data <- data.frame(time = data$os_months, event = data$os_event, arm = data$arm, afp = data$afp_ng_ml)
page <- function() {
  d <- data[data$afp >= 20, ]
  fit <- survfit(Surv(time, event) ~ arm, data = d, conf.type = "log-log")
  curves <- summary(fit, censored = TRUE)
  at <- summary(fit, times = c(6, 12, 24), extend = TRUE)
  half <- length(at$surv) / 2
  apart <- at$surv[-(1:half)] - at$surv[1:half]
  q <- quantile(fit, c(0.25, 0.5, 0.75))
  tau <- min(tapply(d$time, d$arm, max))
  means <- summary(fit, rmean = tau)$table
  test <- survdiff(Surv(time, event) ~ arm, data = d)
  cox <- coxph(Surv(time, event) ~ arm, data = d, ties = "efron")
  reverse <- quantile(survfit(Surv(time, 1 - event) ~ arm, data = d, conf.type = "log-log"), 0.5)
  observed <- tapply(d$time, d$arm, median)
  curve <- with(curves, c(sum(surv), sum(std.err, na.rm = TRUE), sum(lower, na.rm = TRUE), sum(upper, na.rm = TRUE)))
  list(curve = curve, at = as.vector(rbind(at$surv, at$std.err, at$lower, at$upper)), apart = apart,
       quantiles = as.vector(rbind(as.vector(t(q$quantile)), as.vector(t(q$lower)), as.vector(t(q$upper)))),
       means = as.vector(t(means[, c("rmean", "se(rmean)")])),
       test = c(test$chisq, pchisq(test$chisq, 1, lower.tail = FALSE)),
       effect = c(coef(cox), sqrt(diag(vcov(cox)))), follow = c(as.vector(reverse$quantile), observed))
}
result <- page()
times <- sapply(seq_len(as.integer(args[2])), function(i) system.time(page(), gcFirst = FALSE)[["elapsed"]])
cat("ms", format(median(times) * 1000, digits = 8), "\n")
for (name in names(result)) cat(name, format(result[[name]], digits = 17), "\n")
