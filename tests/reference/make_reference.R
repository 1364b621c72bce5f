# Writes the reference values that the tests read, the CSV files of R's own cohorts, and a simulated one.
# Run from the project's root, with R >= 4.2 and its packages survival and cmprsk:
#   Rscript tests/reference/make_reference.R
library(survival)
suppressMessages(library(cmprsk))
here <- "tests/reference"

source(file.path(here, "json.R"))

# ---- cohorts: time in months, event 0/1, arm as text, reference level named
month <- 30.4375
write.csv(lung, file.path(here, "lung.csv"), row.names = FALSE, na = "")
write.csv(veteran, file.path(here, "veteran.csv"), row.names = FALSE, na = "")
write.csv(ovarian, file.path(here, "ovarian.csv"), row.names = FALSE, na = "")
deaths <- subset(colon, etype == 2)
write.csv(deaths, file.path(here, "colon.csv"), row.names = FALSE, na = "")
write.csv(pbc, file.path(here, "pbc.csv"), row.names = FALSE, na = "")
simulated <- local({
  set.seed(20231107)
  n <- 10000
  arm <- rbinom(n, 1, 0.5); stage <- sample(1:4, n, TRUE, c(4, 3, 2, 1)); age <- round(rnorm(n, 60, 10), 1)
  marker <- round(exp(rnorm(n, 4 + 0.3 * stage, 1)), 1)
  rate <- 0.02 * exp(-0.4 * arm + 0.35 * (stage - 1) + 0.02 * (age - 60) + 0.15 * log(marker / 50))
  relapse <- rexp(n, rate); death <- rexp(n, 0.4 * rate * exp(0.3 * arm)); end <- runif(n, 6, 60)
  time <- pmin(relapse, death, end)
  data.frame(id = 1:n, arm = ifelse(arm == 1, "test", "control"), stage = stage, age = age, marker = marker,
             months = round(time, 1) + 0.1, cause = ifelse(time == end, 0, ifelse(relapse < death, 1, 2)))
})
write.csv(simulated, file.path(here, "simulated.csv"), row.names = FALSE, quote = FALSE)
yang <- read.csv("sample_data/yang2023_synthetic.csv")
hcc <- read.csv("sample_data/hepatocellular.csv")
pick <- function(time, event, arm, levels) {
  data.frame(time = time, event = event, arm = factor(arm, levels = levels))
}
arms <- c("TACE+IMRT", "TACE+IMRT+sorafenib")
cohorts <- list(
  yang_os = pick(yang$os_months, yang$os_event, yang$arm, arms),
  yang_pfs = pick(yang$pfs_months, yang$pfs_event, yang$arm, arms),
  yang_pvtt = pick(yang$os_months, yang$os_event, yang$pvtt, c("none", "Vp2", "Vp3", "Vp4")),
  yang_vp34_afp400 = with(subset(yang, pvtt %in% c("Vp3", "Vp4") & afp_ng_ml > 400),
                          pick(os_months, os_event, arm, arms)),
  hcc_os_bclc = pick(hcc$OS, hcc$Death, hcc$BCLC, sort(unique(hcc$BCLC))),
  hcc_rfs_tnm = pick(hcc$RFS, hcc$Recurrence, hcc$TNM, sort(unique(hcc$TNM))),
  lung_sex = pick(lung$time / month, lung$status == 2, lung$sex, 1:2),
  lung_ecog = pick(lung$time / month, lung$status == 2, lung$ph.ecog, 0:3),
  veteran_trt = pick(veteran$time / month, veteran$status, veteran$trt, 1:2),
  veteran_cell = pick(veteran$time / month, veteran$status, veteran$celltype,
                      c("adeno", "large", "smallcell", "squamous")),
  ovarian_rx = pick(ovarian$futime / month, ovarian$fustat, ovarian$rx, 1:2),
  colon_rx = pick(deaths$time / month, deaths$status, deaths$rx, c("Obs", "Lev", "Lev+5FU")),
  colon_node4 = pick(deaths$time / month, deaths$status, deaths$node4, 0:1),
  pbc_trt = pick(pbc$time / month, pbc$status == 2, pbc$trt, 1:2),
  pbc_stage = pick(pbc$time / month, pbc$status == 2, pbc$stage, 1:4),
  simulated_arm = pick(simulated$months, simulated$cause > 0, simulated$arm, c("control", "test")),
  simulated_stage = pick(simulated$months, simulated$cause > 0, simulated$stage, 1:4)
)
most <- 240  # rows of a curve that are kept: of longer ones every so many
kept <- function(n) seq(1, n, by = ceiling(n / most))

curves <- function(d, type) {
  fit <- survfit(Surv(time, event) ~ arm, data = d, conf.type = type)
  q <- quantile(fit, 0.5)
  s <- summary(fit, censored = TRUE)
  i <- kept(length(s$time))
  list(strata = vec(sub("^arm=", "", as.character(s$strata))[i]), time = vec(s$time[i]),
       n_risk = vec(s$n.risk[i]), n_event = vec(s$n.event[i]), n_censor = vec(s$n.censor[i]),
       estimate = vec(s$surv[i]), std_error = vec(s$std.err[i]), conf_low = vec(s$lower[i]),
       conf_high = vec(s$upper[i]),
       cumulative_hazard = vec(s$cumhaz[i]), hazard_error = vec(s$std.chaz[i]),
       medians = list(strata = vec(sub("^arm=", "", names(fit$strata))),
                      median = vec(as.vector(q$quantile)), conf_low = vec(as.vector(q$lower)),
                      conf_high = vec(as.vector(q$upper))))
}

survival_of <- function(d) {
  d <- d[!is.na(d$arm), ]
  out <- lapply(c("log-log" = "log-log", "log" = "log", "plain" = "plain"),
                function(type) curves(d, type))
  test <- survdiff(Surv(time, event) ~ arm, data = d)
  df <- sum(test$exp > 0) - 1
  out$log_rank <- list(statistic = test$chisq, df = df,
                       p_value = pchisq(test$chisq, df, lower.tail = FALSE))
  fit <- coxph(Surv(time, event) ~ arm, data = d, ties = "efron",
               control = coxph.control(eps = 1e-12, toler.chol = 1e-13))
  s <- summary(fit)
  out$cox <- list(level = as.list(sub("^arm", "", rownames(s$coefficients))),
                  coef = vec(s$coefficients[, "coef"]), std_error = vec(s$coefficients[, "se(coef)"]),
                  hazard_ratio = vec(s$conf.int[, "exp(coef)"]),
                  conf_low = vec(s$conf.int[, "lower .95"]),
                  conf_high = vec(s$conf.int[, "upper .95"]),
                  p_value = vec(s$coefficients[, "Pr(>|z|)"]))
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

# ---- 2 x 2 tables: fisher.test; Miettinen-Nurminen by a numerical maximum of the likelihood under
# the constraint and a bracketed root, independent of their closed form
mn_limits <- function(x1, n1, x0, n0) {
  z <- qnorm(0.975)
  ll <- function(x, n, p) ifelse(x == 0, 0, x * log(p)) + ifelse(n == x, 0, (n - x) * log(1 - p))
  score <- function(delta) {
    low <- max(0, -delta); high <- min(1, 1 - delta)
    slope <- function(p) {
      term <- function(x, n, p) ifelse(x == 0, 0, x / p) - ifelse(n == x, 0, (n - x) / (1 - p))
      term(x1, n1, p + delta) + term(x0, n0, p)
    }
    eps <- 1e-15
    a <- low + eps; b <- high - eps
    p0 <- if (slope(a) <= 0) low else if (slope(b) >= 0) high else
      uniroot(slope, c(a, b), tol = 1e-16, maxiter = 10000)$root
    p1 <- min(max(p0 + delta, 0), 1)
    v <- (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * (n1 + n0) / (n1 + n0 - 1)
    abs(x1 / n1 - x0 / n0 - delta) - z * sqrt(v)
  }
  d <- x1 / n1 - x0 / n0
  find <- function(inner, outer) {
    if (abs(d - outer) < 1e-12) return(outer)
    uniroot(score, sort(c(inner, outer)), tol = 1e-13, maxiter = 10000)$root
  }
  c(find(d - 1e-9, -1 + 1e-12), find(d + 1e-9, 1 - 1e-12))
}
set.seed(20230711)
tables <- rbind(
  c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20),
  c(0, 10, 0, 10), c(10, 10, 0, 20), c(10, 10, 0, 10), c(35, 35, 47, 47), c(3, 35, 0, 47),
  t(replicate(60, {
    n <- sample(3:90, 2); c(rbinom(1, n[1], runif(1)), n[1], rbinom(1, n[2], runif(1)), n[2])
  })),
  c(412, 5000, 371, 5000), c(40, 400, 60, 400),
  c(900, 5000, 400, 5000), c(3, 9000, 60, 3000)
)
two_by_two <- apply(tables, 1, function(t) {
  m <- matrix(c(t[1], t[2] - t[1], t[3], t[4] - t[3]), 2)
  events <- t[1] + t[3]
  list(x1 = t[1], n1 = t[2], x0 = t[3], n0 = t[4],
       fisher = if (events == 0) NA else fisher.test(m)$p.value,
       limits = vec(mn_limits(t[1], t[2], t[3], t[4])))
})

# ---- models of several covariates
model_of <- function(formula, data) {
  s <- summary(coxph(formula, data = data, ties = "efron",
                     control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
  list(term = as.list(rownames(s$coefficients)), coef = vec(s$coefficients[, "coef"]),
       std_error = vec(s$coefficients[, "se(coef)"]), p_value = vec(s$coefficients[, "Pr(>|z|)"]),
       n = s$n, n_event = s$nevent)
}
yang$arm <- factor(yang$arm, levels = arms)
yang$pvtt <- factor(yang$pvtt, levels = c("none", "Vp2", "Vp3", "Vp4"))
models <- list(
  yang = model_of(Surv(os_months, os_event) ~ arm + age + pvtt + tumor_size_cm, yang),
  lung = model_of(Surv(time / month, status == 2) ~ age + factor(sex) + wt.loss, lung),
  veteran = model_of(Surv(time / month, status) ~ factor(trt) + karno + celltype,
                     transform(veteran, celltype = factor(as.character(celltype)))),
  age_alone = model_of(Surv(OS, Death) ~ Age, hcc)
)

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

# ---- the code that the Survival page shows, run as it stands on the file that the page gives with it
shown <- local({
  source(file.path(here, "shown_code.R"), local = TRUE, echo = FALSE, chdir = TRUE)
  at <- summary(fit, times = c(6, 12, 24), extend = TRUE)
  model <- summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
                         control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
  list(median = vec(as.vector(quantile(fit, 0.5)$quantile)), estimate = vec(at$surv),
       statistic = unname(chisq), coef = unname(model$coefficients[1, "coef"]),
       mean = vec(summary(fit, rmean = 36)$table[, "rmean"]))
})

cat(json(list(
  r = R.version.string, survival = as.character(packageVersion("survival")),
  cohorts = lapply(cohorts, survival_of), comparisons = lapply(cohorts, comparison_of),
  stratified = strata_of, estimates = lapply(cohorts, estimates_of), edges = lapply(edges, edge),
  models = models, two_by_two = unname(two_by_two), competing = competing, shown = shown
)), file = file.path(here, "reference.json"))
cat("written\n")
