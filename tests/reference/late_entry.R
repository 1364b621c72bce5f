# Writes late_entry.json and late_entry.csv: what R gives where patients come under observation after time zero.
# Run from the project's root, with R >= 4.2 and its package survival:  Rscript tests/reference/late_entry.R
source("tests/reference/cohorts.R")

late <- local({
  d <- head(simulated, 600)
  d$entry <- round(pmax(0, (d$months - 0.1) * ((seq_len(600) * 37) %% 100) / 130 - 2), 1)
  d$event <- as.integer(d$cause > 0)
  d
})
write.csv(late[c("id", "arm", "stage", "age", "marker", "entry", "months", "event")],
          file.path(here, "late_entry.csv"), row.names = FALSE, quote = FALSE)
late <- transform(late, arm = factor(arm, levels = c("control", "test")), stage = factor(stage))
S <- function(d) with(d, Surv(entry, months, event))

curves_of <- function(d) {
  fit <- survfit(Surv(entry, months, event) ~ arm, data = d, conf.type = "log-log")
  at <- summary(fit, times = c(0, 3, 6.05, 12, 24), extend = TRUE)
  q <- quantile(fit, c(0.25, 0.5, 0.75))
  s <- summary(fit, censored = TRUE)
  tau <- min(tapply(d$months, d$arm, max))
  table <- summary(fit, rmean = tau)$table
  reverse <- quantile(survfit(Surv(entry, months, 1 - event) ~ arm, data = d, conf.type = "log-log"), 0.5)
  list(curve = list(time = vec(s$time), n_risk = vec(s$n.risk), n_event = vec(s$n.event), estimate = vec(s$surv),
                    std_error = vec(s$std.err), conf_low = vec(s$lower), conf_high = vec(s$upper),
                    cumulative_hazard = vec(s$cumhaz), hazard_error = vec(s$std.chaz)),
       at = list(n_risk = vec(at$n.risk), estimate = vec(at$surv), std_error = vec(at$std.err)),
       quantiles = list(time = vec(as.vector(t(q$quantile))), conf_low = vec(as.vector(t(q$lower))),
                        conf_high = vec(as.vector(t(q$upper)))),
       rmst = list(estimate = vec(table[, grep("^\\*?rmean", colnames(table))]),
                   std_error = vec(table[, grep("se\\(rmean", colnames(table))])),
       reverse = vec(as.vector(reverse$quantile)))
}

# survdiff takes no late entry: the tests are written out
test_of <- function(d, group, weight, strata = rep(1, nrow(d)), trend = FALSE) {
  k <- nlevels(group); z <- numeric(k); v <- matrix(0, k, k)
  for (s in unique(strata)) {
    inside <- strata == s; e <- d[inside, ]; g <- group[inside]; surv <- 1
    for (t in sort(unique(e$months[e$event == 1]))) {
      under <- e$entry < t - 1e-8 & e$months >= t
      risk <- as.numeric(table(g[under])); dead <- as.numeric(table(g[e$months == t & e$event == 1]))
      n <- sum(risk); m <- sum(dead); w <- weight(n, surv)
      z <- z + w * (dead - m * risk / n)
      if (n > 1) v <- v + w^2 * m * (n - m) / (n - 1) * (diag(risk / n, k) - outer(risk, risk) / n^2)
      surv <- surv * (1 - m / n)
    }
  }
  score <- seq_len(k); i <- 2:k
  if (trend) return(sum(score * z)^2 / as.numeric(t(score) %*% v %*% score))
  as.numeric(t(z[i]) %*% solve(v[i, i]) %*% z[i])
}
tests <- with(late, list(
  "log-rank" = test_of(late, arm, function(n, s) 1), "Gehan-Wilcoxon" = test_of(late, arm, function(n, s) n),
  Peto = test_of(late, arm, function(n, s) s), stage = test_of(late, stage, function(n, s) 1),
  trend = test_of(late, stage, function(n, s) 1, trend = TRUE),
  stratified = test_of(late, arm, function(n, s) 1, as.integer(stage))))

model_of <- function(formula, data = late, ties = "efron") {
  fit <- coxph(formula, data = data, ties = ties, control = strict, x = TRUE)
  z <- cox.zph(fit, transform = "km")$table
  robust <- summary(coxph(formula, data = data, ties = ties, control = strict, cluster = id))$coefficients
  c(list(coef = vec(coef(fit)), std_error = vec(sqrt(diag(vcov(fit)))), robust_error = vec(robust[, "robust se"]),
         statistic = vec(c(2 * diff(fit$loglik), fit$wald.test, fit$score)),
         concordance = vec(summary(fit)$concordance), zph = vec(z[, "chisq"])))
}
models <- list(
  arm = model_of(Surv(entry, months, event) ~ arm),
  several = model_of(Surv(entry, months, event) ~ arm + stage + age + log2(marker)),
  breslow = model_of(Surv(entry, months, event) ~ arm + stage + age, ties = "breslow"),
  stratified = model_of(Surv(entry, months, event) ~ arm + age + strata(stage)))
split <- local({
  d <- transform(late, early = pmin(months, 6), happened = event & months <= 6)
  one <- coxph(Surv(entry, early, happened) ~ arm + age, data = subset(d, entry < 6), control = strict)
  two <- coxph(Surv(pmax(entry - 6, 0), months - 6, event) ~ arm + age, data = subset(d, months > 6), control = strict)
  vec(c(coef(one), coef(two)))
})
subgroups <- list(
  coef = vec(sapply(levels(late$stage), function(s) coef(coxph(Surv(entry, months, event) ~ arm, control = strict,
                                                              data = subset(late, stage == s))))),
  interaction = anova(coxph(Surv(entry, months, event) ~ arm + stage, data = late, control = strict),
                      coxph(Surv(entry, months, event) ~ arm * stage, data = late, control = strict))[2, "Chisq"])

# weights, given; survfit's robust standard error is of log survival times survival
late$weight <- 0.5 + late$age %% 3
weighted <- local({
  d <- subset(late, arm == "test")
  fit <- survfit(Surv(entry, months, event) ~ 1, data = d, weights = weight, id = id, robust = TRUE)
  model <- coxph(Surv(entry, months, event) ~ arm, data = late, weights = weight, cluster = id, control = strict)
  s <- summary(fit, times = c(3, 6, 12, 24))
  list(estimate = vec(s$surv), std_error = vec(s$std.err), coef = coef(model)[[1]],
       robust_error = summary(model)$coefficients[1, "robust se"])
})

# no event in one arm of the few: Firth's penalised likelihood, by coxph's at given coefficients
few <- transform(head(late, 60), event = ifelse(arm == "test", 0, event))
value <- function(b) {
  fit <- suppressWarnings(coxph(Surv(entry, months, event) ~ arm, data = few, init = b,
                                control = coxph.control(iter.max = 0)))
  fit$loglik[length(fit$loglik)] - 0.5 * log(fit$var[1, 1])
}
firth <- optimize(value, c(-8, 2), maximum = TRUE, tol = 1e-12)$maximum

cat(json(list(r = R.version.string, survival = as.character(packageVersion("survival")),
              curves = list(all = curves_of(late), landmark = curves_of(transform(
                subset(late, months > 6), entry = pmax(entry - 6, 0), months = months - 6))),
              tests = tests, models = models, split = split, subgroups = subgroups, weighted = weighted,
              firth = firth)), file = file.path(here, "late_entry.json"))
