# Writes survival.json: curves, medians, tests between curves, figures read off them, cumulative incidence.
# Run from the project's root, with R >= 4.2 and its packages survival and cmprsk:
#   Rscript tests/reference/survival.R
source("tests/reference/cohorts.R")
suppressMessages(library(cmprsk))

most <- 240  # rows of a curve that are kept: of longer ones every so many
kept <- function(n) seq(1, n, by = ceiling(n / most))


# A curve, and its limits by each kind of interval
limits_of <- function(d, type) {
  fit <- survfit(Surv(time, event) ~ arm, data = d, conf.type = type)
  q <- quantile(fit, 0.5)
  s <- summary(fit, censored = TRUE)
  i <- kept(length(s$time))
  list(conf_low = vec(s$lower[i]), conf_high = vec(s$upper[i]),
       medians = list(strata = vec(sub("^arm=", "", names(fit$strata))),
                      median = vec(as.vector(q$quantile)), conf_low = vec(as.vector(q$lower)),
                      conf_high = vec(as.vector(q$upper))))
}
survival_of <- function(d) {
  d <- d[!is.na(d$arm), ]
  s <- summary(survfit(Surv(time, event) ~ arm, data = d), censored = TRUE)
  i <- kept(length(s$time))
  out <- list(curve = list(strata = vec(sub("^arm=", "", as.character(s$strata))[i]), time = vec(s$time[i]),
                           n_risk = vec(s$n.risk[i]), n_event = vec(s$n.event[i]), n_censor = vec(s$n.censor[i]),
                           estimate = vec(s$surv[i]), std_error = vec(s$std.err[i]),
                           cumulative_hazard = vec(s$cumhaz[i]), hazard_error = vec(s$std.chaz[i])))
  out <- c(out, lapply(c("log-log" = "log-log", "log" = "log", "plain" = "plain"), function(type) limits_of(d, type)))
  test <- survdiff(Surv(time, event) ~ arm, data = d)
  df <- sum(test$exp > 0) - 1
  out$log_rank <- list(statistic = test$chisq, df = df, p_value = pchisq(test$chisq, df, lower.tail = FALSE))
  out
}

# ---- edges of the median: exactly one half in the middle and at the end, a curve that ends at 0,
# ties, a time of zero, no event, one patient
edges <- list(
  half_in_the_middle = list(time = c(1, 2, 3, 4), event = c(1, 1, 1, 1)),
  half_at_the_end = list(time = c(1, 2, 3, 4), event = c(1, 1, 0, 0)),
  half_then_censored = list(time = c(1, 2, 2.5, 3, 4, 5), event = c(1, 1, 0, 1, 0, 0)),
  all_tied = list(time = c(5, 5, 5, 5), event = c(1, 1, 1, 0)),
  zero_time = list(time = c(0, 0, 1, 2, 3), event = c(1, 0, 1, 0, 1)),
  no_event = list(time = c(1, 2, 3), event = c(0, 0, 0)),
  one_patient = list(time = 4, event = 1),
  single_event = list(time = c(2, 3, 5, 7, 9), event = c(0, 1, 0, 0, 0)),
  no_censoring = list(time = c(1, 1, 2, 3, 5, 8, 13), event = rep(1, 7))
)
edge <- function(d) {
  out <- lapply(c("log-log" = "log-log", "log" = "log", "plain" = "plain"), function(type) {
    fit <- survfit(Surv(d$time, d$event) ~ 1, conf.type = type)
    q <- quantile(fit, 0.5)
    list(time = vec(fit$time), estimate = vec(fit$surv), conf_low = vec(fit$lower),
         conf_high = vec(fit$upper), median = vec(c(q$quantile, q$lower, q$upper)))
  })
  c(list(data = list(time = vec(d$time), event = vec(d$event))), out)
}

# ---- tests between curves: survdiff for log-rank and Peto; the other weights written out in base R
weighted_test <- function(d, weight, strata = rep(1, nrow(d)), trend = FALSE) {
  d$arm <- droplevels(d$arm)
  k <- nlevels(d$arm); z <- numeric(k); v <- matrix(0, k, k)
  for (s in unique(strata)) {
    e <- d[strata == s, ]
    surv <- 1
    for (t in sort(unique(e$time[e$event == 1]))) {
      risk <- as.numeric(table(e$arm[e$time >= t])); dead <- as.numeric(table(e$arm[e$time == t & e$event == 1]))
      n <- sum(risk); m <- sum(dead); w <- weight(n, surv)
      z <- z + w * (dead - m * risk / n)
      if (n > 1) v <- v + w^2 * m * (n - m) / (n - 1) * (diag(risk / n, k) - outer(risk, risk) / n^2)
      surv <- surv * (1 - m / n)
    }
  }
  if (trend) {
    score <- seq_len(k)
    x <- sum(score * z)^2 / as.numeric(t(score) %*% v %*% score)
    return(list(statistic = x, df = 1, p_value = pchisq(x, 1, lower.tail = FALSE)))
  }
  i <- 2:k
  x <- as.numeric(t(z[i]) %*% solve(v[i, i]) %*% z[i])
  list(statistic = x, df = k - 1, p_value = pchisq(x, k - 1, lower.tail = FALSE))
}
weights_of <- list("Gehan-Wilcoxon" = function(n, s) n, "Tarone-Ware" = function(n, s) sqrt(n),
                   "Fleming-Harrington" = function(n, s) s^0.5 * (1 - s)^1.5)
diff_test <- function(formula, d, rho) {
  test <- survdiff(formula, data = d, rho = rho)
  df <- sum((if (is.matrix(test$exp)) rowSums(test$exp) else test$exp) > 0) - 1
  list(statistic = test$chisq, df = df, p_value = pchisq(test$chisq, df, lower.tail = FALSE))
}
comparison_of <- function(d) {
  d <- d[!is.na(d$arm) & !is.na(d$time) & !is.na(d$event), ]
  out <- lapply(weights_of, function(w) weighted_test(d, w))
  out$Peto <- diff_test(Surv(time, event) ~ arm, d, 1)
  if (nlevels(droplevels(d$arm)) > 2) {
    out$trend <- weighted_test(d, function(n, s) 1, trend = TRUE)
    pairs <- combn(levels(droplevels(d$arm)), 2)
    p <- apply(pairs, 2, function(q) diff_test(Surv(time, event) ~ arm, droplevels(d[d$arm %in% q, ]), 0)$p_value)
    out$pairwise <- list(p_value = vec(p), holm = vec(p.adjust(p, "holm")), BH = vec(p.adjust(p, "BH")))
  }
  out
}
strata_of <- list(
  yang_os_by_pvtt_hvtt = local({
    d <- pick(yang$os_months, yang$os_event, yang$arm, arms)
    d$s <- interaction(yang$pvtt, yang$hvtt)
    c(list("log-rank" = diff_test(Surv(time, event) ~ arm + strata(s), d, 0),
           Peto = diff_test(Surv(time, event) ~ arm + strata(s), d, 1)),
      lapply(weights_of, function(w) weighted_test(d, w, as.integer(d$s))))
  }),
  veteran_by_cell = local({
    d <- pick(veteran$time / month, veteran$status, veteran$trt, 1:2)
    d$s <- veteran$celltype
    c(list("log-rank" = diff_test(Surv(time, event) ~ arm + strata(s), d, 0)),
      lapply(weights_of, function(w) weighted_test(d, w, as.integer(d$s))))
  })
)

# ---- figures read off the curves
estimates_of <- function(d) {
  d <- d[!is.na(d$arm) & !is.na(d$time) & !is.na(d$event), ]
  fit <- survfit(Surv(time, event) ~ arm, data = d, conf.type = "log-log")
  at <- summary(fit, times = c(0.5, 6, 12, 24), extend = TRUE)
  q <- quantile(fit, c(0.1, 0.25, 0.5, 0.75))
  tau <- min(tapply(d$time, droplevels(d$arm), max))
  table <- summary(fit, rmean = tau)$table
  if (is.null(dim(table))) table <- t(table)
  reverse <- quantile(survfit(Surv(time, 1 - event) ~ arm, data = d, conf.type = "log-log"), 0.5)
  list(at = list(time = vec(at$time), n_risk = vec(at$n.risk), estimate = vec(at$surv), std_error = vec(at$std.err),
                 conf_low = vec(at$lower), conf_high = vec(at$upper)),
       last = vec(tapply(d$time, droplevels(d$arm), max)),
       quantiles = list(time = vec(as.vector(t(q$quantile))), conf_low = vec(as.vector(t(q$lower))),
                        conf_high = vec(as.vector(t(q$upper)))),
       rmst = list(tau = tau, estimate = vec(table[, grep("^\\*?rmean", colnames(table))]),
                   std_error = vec(table[, grep("se\\(rmean", colnames(table))])),
       reverse = list(median = vec(as.vector(reverse$quantile)), conf_low = vec(as.vector(reverse$lower)),
                      conf_high = vec(as.vector(reverse$upper))))
}

# ---- competing risks: cmprsk's cuminc, its variance, Gray's test
incidence_of <- function(time, cause, group, times) {
  known <- !is.na(time) & !is.na(cause) & !is.na(group)
  fit <- cuminc(time[known], cause[known], group[known])
  at <- timepoints(fit, times)
  names <- strsplit(rownames(at$est), " (?=[^ ]*$)", perl = TRUE)
  list(group = vec(vapply(names, `[`, "", 1)), cause = vec(vapply(names, `[`, "", 2)), times = vec(times),
       estimate = lapply(seq_len(nrow(at$est)), function(i) vec(at$est[i, ])),
       std_error = lapply(seq_len(nrow(at$est)), function(i) vec(sqrt(at$var[i, ]))),
       gray = list(cause = vec(rownames(fit$Tests)), statistic = vec(fit$Tests[, "stat"]), df = vec(fit$Tests[, "df"]),
                   p_value = vec(fit$Tests[, "pv"])))
}
competing <- list(
  pbc_sex = incidence_of(pbc$time / month, pbc$status, as.character(pbc$sex), c(12, 36, 72, 120)),
  pbc_stage = incidence_of(pbc$time / month, pbc$status, pbc$stage, c(12, 36, 72, 120)),
  simulated_arm = incidence_of(simulated$months, simulated$cause, simulated$arm, c(3, 12, 24, 48)),
  simulated_stage = incidence_of(simulated$months, simulated$cause, simulated$stage, c(3, 12, 24, 48))
)


cat(json(list(
  r = R.version.string, survival = as.character(packageVersion("survival")),
  cohorts = lapply(cohorts, survival_of), comparisons = lapply(cohorts, comparison_of), stratified = strata_of,
  estimates = lapply(cohorts, estimates_of), edges = lapply(edges, edge), competing = competing
)), file = file.path(here, "survival.json"))
