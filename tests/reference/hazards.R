# Writes hazards.json: Cox models, their tests, proportional hazards, Firth's penalty, subgroups, weighting.
# Run from the project's root, with R >= 4.2 and its package survival:  Rscript tests/reference/hazards.R
source("tests/reference/cohorts.R")
library(splines)

# ---- the arms alone, of each cohort
arms_of <- function(d) {
  s <- summary(coxph(Surv(time, event) ~ arm, data = d[!is.na(d$arm), ], ties = "efron", control = strict))
  list(level = as.list(sub("^arm", "", rownames(s$coefficients))),
       coef = vec(s$coefficients[, "coef"]), std_error = vec(s$coefficients[, "se(coef)"]),
       hazard_ratio = vec(s$conf.int[, "exp(coef)"]),
       conf_low = vec(s$conf.int[, "lower .95"]), conf_high = vec(s$conf.int[, "upper .95"]),
       p_value = vec(s$coefficients[, "Pr(>|z|)"]))
}
of_arms <- lapply(cohorts, arms_of)

levels_of <- function(x) factor(as.character(x))
yang <- transform(yang, arm = factor(arm, levels = c("TACE+IMRT", "TACE+IMRT+sorafenib")), hvtt = factor(hvtt),
                  pvtt = factor(pvtt, levels = c("none", "Vp2", "Vp3", "Vp4")), ecog = factor(ecog), sex = factor(sex))
hcc <- transform(hcc, BCLC = factor(BCLC), TNM = factor(TNM))
lung <- transform(lung, time = time / month, status = status == 2, sex = factor(sex), ph.ecog = factor(ph.ecog))
veteran <- transform(veteran, time = time / month, trt = factor(trt), celltype = levels_of(celltype), prior = factor(prior))
ovarian <- transform(ovarian, time = futime / month, status = fustat, rx = factor(rx))
colon <- transform(subset(colon, etype == 2), time = time / month, rx = factor(rx, levels = c("Obs", "Lev", "Lev+5FU")),
                   node4 = factor(node4), sex = factor(sex))
pbc <- transform(pbc, time = time / month, status = status == 2, trt = factor(trt), stage = factor(stage), sex = levels_of(sex))
simulated <- transform(simulated, stage = factor(stage), arm = factor(arm, levels = c("control", "test")),
                       status = cause > 0)
# Seen every three months for two years: dozens die at each time, and nowhere few.
visits <- transform(head(simulated, 2000), cause = ifelse(months > 24, 0, cause), months = pmin(3 * ceiling(months / 3), 24))
write.csv(visits[c("id", "arm", "stage", "age", "marker", "months", "cause")], file.path(here, "visits.csv"),
          row.names = FALSE, quote = FALSE)
visits$status <- visits$cause > 0
rcs <- function(x) {
  k <- unname(quantile(x, c(0.05, 0.35, 0.65, 0.95), na.rm = TRUE)); cube <- function(v) pmax(v, 0)^3
  bent <- sapply(1:2, function(j) (cube(x - k[j]) - cube(x - k[3]) * (k[4] - k[j]) / (k[4] - k[3]) +
                                   cube(x - k[4]) * (k[3] - k[j]) / (k[4] - k[3])) / (k[4] - k[1])^2)
  cbind(x, bent)
}

# ---- models: coefficients, tests, concordance, proportional hazards, robust errors
model_of <- function(formula, data, ties = "efron") {
  fit <- coxph(formula, data = data, ties = ties, control = strict, x = TRUE)
  s <- summary(fit); z <- cox.zph(fit, transform = "km")$table
  robust <- summary(coxph(formula, data = data, ties = ties, control = strict, robust = TRUE))$coefficients
  tests <- rbind(s$logtest, s$waldtest, s$sctest)
  list(coef = vec(s$coefficients[, "coef"]), std_error = vec(s$coefficients[, "se(coef)"]),
       conf_low = vec(s$conf.int[, "lower .95"]), conf_high = vec(s$conf.int[, "upper .95"]),
       p_value = vec(s$coefficients[, "Pr(>|z|)"]), robust_error = vec(robust[, "robust se"]),
       statistic = vec(c(2 * diff(fit$loglik), fit$wald.test, fit$score)), df = vec(tests[, 2]),
       concordance = s$concordance[[1]], concordance_error = s$concordance[[2]],
       zph = list(term = as.list(rownames(z)), statistic = vec(z[, "chisq"]), df = vec(z[, "df"]), p_value = vec(z[, "p"])),
       n = s$n, n_event = s$nevent)
}
S <- function(data) with(data, Surv(time, status))
models <- list(
  yang_os = model_of(Surv(os_months, os_event) ~ arm + age + pvtt + tumor_size_cm, yang),
  yang_pfs = model_of(Surv(pfs_months, pfs_event) ~ arm + log2(afp_ng_ml) + hvtt + ecog, yang),
  hcc = model_of(Surv(OS, Death) ~ Age + BCLC + TNM, hcc),
  lung = model_of(Surv(time, status) ~ age + sex + wt.loss, lung),
  lung_within = model_of(Surv(time, status) ~ age + sex + strata(ph.ecog), lung),
  veteran = model_of(Surv(time, status) ~ trt + karno + celltype, veteran),
  veteran_breslow = model_of(Surv(time, status) ~ trt + karno + celltype, veteran, "breslow"),
  veteran_within = model_of(Surv(time, status) ~ trt + karno + strata(celltype, prior), veteran),
  ovarian = model_of(Surv(time, status) ~ rx + age, ovarian),
  colon = model_of(Surv(time, status) ~ rx + node4 + age + strata(sex), colon),
  pbc = model_of(Surv(time, status) ~ trt + log2(bili) + age + stage, pbc),
  simulated = model_of(Surv(months, status) ~ arm + stage + age + log2(marker), simulated),
  simulated_within = model_of(Surv(months, status) ~ arm + age + strata(stage), simulated, "breslow"),
  visits = model_of(Surv(months, status) ~ arm + stage + age + log2(marker), visits),
  age_alone = model_of(Surv(OS, Death) ~ Age, hcc),
  lung_spline = {
    fit <- coxph(Surv(time, status) ~ sex + rcs(age), data = lung, control = strict)
    s <- summary(fit)$coefficients
    v <- vcov(fit)[2:4, 2:4]; b <- coef(fit)[2:4]; bent <- 2:3
    basis <- rcs(lung$age); place <- c(which.min(lung$age), which.max(lung$age), 1, 2, 3)
    at <- sweep(basis[place, ], 2, basis[which(lung$age == median(lung$age))[1], ])
    list(coef = vec(s[, "coef"]), std_error = vec(s[, "se(coef)"]), statistic = 2 * diff(fit$loglik),
         age = vec(lung$age[place]), curve = vec(at %*% b), curve_error = vec(sqrt(rowSums((at %*% v) * at))),
         nonlinear = drop(b[bent] %*% solve(v[bent, bent]) %*% b[bent]))
  }
)
fit <- coxph(Surv(time, status) ~ trt + karno + celltype, data = veteran, control = strict)
split <- local({
  d <- transform(veteran, early = pmin(time, 3), happened = status & time <= 3)
  one <- coxph(Surv(early, happened) ~ trt + karno, data = d, control = strict)
  two <- coxph(Surv(time - 3, status) ~ trt + karno, data = subset(d, time > 3), control = strict)
  list(at = 3, coef = vec(c(coef(one), coef(two))), std_error = vec(c(sqrt(diag(vcov(one))), sqrt(diag(vcov(two))))))
})
moves <- cox.zph(fit, transform = "km", terms = FALSE)
course <- list(x = vec(moves$x), y = vec(moves$y[, "karno"]))

# ---- Firth: the penalised likelihood through coxph at given coefficients, maximised by optim
at <- function(formula, data, b, ties) {
  tryCatch({
    fit <- suppressWarnings(coxph(formula, data = data, ties = ties, init = b, control = coxph.control(iter.max = 0)))
    fit$loglik[length(fit$loglik)] + 0.5 * determinant(solve(fit$var))$modulus[[1]]
  }, error = function(e) -1e6)
}
maximum <- function(f, start) {
  for (i in 1:6) {
    if (length(start) == 1) {o <- optimize(f, c(start - 3, start + 3), maximum = TRUE, tol = 1e-12); start <- o$maximum; value <- o$objective}
    else {o <- optim(start, f, method = "BFGS", control = list(fnscale = -1, reltol = 1e-16, maxit = 500)); start <- o$par; value <- o$value}
  }
  list(par = start, value = value)
}
firth_of <- function(formula, data, p, ties) {
  best <- maximum(function(b) at(formula, data, b, ties), rep(0, p))
  profile <- function(j, b) {
    if (p == 1) return(at(formula, data, b, ties))
    whole <- function(o) append(o, b, after = j - 1)
    maximum(function(o) at(formula, data, whole(o), ties), best$par[-j])$value
  }
  limit <- function(j, side) {
    g <- function(b) profile(j, b) - best$value + qchisq(0.95, 1) / 2
    step <- side * 0.5; outer <- best$par[j] + step
    while (g(outer) > 0) outer <- outer + step
    uniroot(g, sort(c(best$par[j], outer)), tol = 1e-10)$root
  }
  list(coef = vec(best$par), low = vec(sapply(1:p, limit, -1)), high = vec(sapply(1:p, limit, 1)),
       p_value = vec(sapply(1:p, function(j) pchisq(2 * (best$value - profile(j, 0)), 1, lower.tail = FALSE))))
}
thin <- data.frame(time = c(3, 5, 5, 6, 8, 9, 11, 12, 14, 15, 2, 4, 7, 10, 13, 16), status = c(1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0),
                   arm = rep(c(0, 1), c(10, 6)), x = c(2, 5, 1, 7, 3, 6, 2, 4, 8, 5, 3, 6, 1, 4, 7, 2))
write.csv(transform(thin, arm = ifelse(arm == 1, "test", "control")), file.path(here, "thin.csv"), row.names = FALSE)
firth <- list(thin_arm = firth_of(Surv(time, status) ~ arm, thin, 1, "efron"),
              thin_breslow = firth_of(Surv(time, status) ~ arm, thin, 1, "breslow"),
              thin_two = firth_of(Surv(time, status) ~ arm + x, thin, 2, "efron"),
              ovarian = firth_of(Surv(time, status) ~ rx + age, ovarian, 2, "breslow"))

# ---- the treatment's hazard ratio within levels, and the interaction's likelihood ratio
subgroups_of <- function(time, event, arm, factor) {
  keep <- !is.na(factor); d <- data.frame(time, event, arm, f = factor)[keep, ]
  d$f <- droplevels(d$f)
  both <- coxph(Surv(time, event) ~ arm + f, data = d, control = strict)
  crossed <- coxph(Surv(time, event) ~ arm * f, data = d, control = strict)
  rows <- lapply(levels(d$f), function(l) {
    s <- summary(coxph(Surv(time, event) ~ arm, data = d[d$f == l, ], control = strict))
    list(level = l, n = s$n, n_event = s$nevent, coef = vec(s$coefficients[, "coef"]), std_error = vec(s$coefficients[, "se(coef)"]))
  })
  statistic <- 2 * (crossed$loglik[2] - both$loglik[2]); df <- sum(!is.na(coef(crossed))) - sum(!is.na(coef(both)))
  list(rows = rows, statistic = statistic, df = df, p_value = pchisq(statistic, df, lower.tail = FALSE))
}
subgroups <- list(
  yang_ecog = with(yang, subgroups_of(os_months, os_event, arm, factor(ifelse(ecog == "0", "0", "1-2")))),
  yang_hvtt = with(yang, subgroups_of(os_months, os_event, arm, hvtt)),
  yang_afp = with(yang, subgroups_of(os_months, os_event, arm, factor(afp_ng_ml > 400))),
  yang_sex = with(yang, subgroups_of(os_months, os_event, arm, sex)),
  colon_node4 = with(colon, subgroups_of(time, status, rx, node4)),
  veteran_celltype = with(veteran, subgroups_of(time, status, trt, celltype)),
  pbc_stage = with(pbc, subgroups_of(time, status, trt, stage)),
  simulated_stage = with(simulated, subgroups_of(months, status, arm, stage))
)

# ---- propensity weighting: glm, then coxph and survfit with weights, both robust
weighted_of <- function(data, time, event, treated, covariates, name) {
  d <- data[complete.cases(data[, c(time, event, covariates)]), ]
  d$z <- d[[treated]] == levels(d[[treated]])[2]
  e <- fitted(glm(reformulate(covariates, "z"), binomial, d, control = glm.control(epsilon = 1e-14, maxit = 50)))
  weights <- list(IPTW = ifelse(d$z, 1 / e, 1 / (1 - e)), stabilised = ifelse(d$z, mean(d$z) / e, mean(!d$z) / (1 - e)),
                  overlap = ifelse(d$z, 1 - e, e))
  y <- Surv(d[[time]], d[[event]])
  x <- model.matrix(reformulate(covariates), d)[, -1, drop = FALSE]
  spread <- function(v) if (all(v %in% 0:1)) mean(v) * (1 - mean(v)) else var(v)
  smd <- function(v, w) (weighted.mean(v[d$z], w[d$z]) - weighted.mean(v[!d$z], w[!d$z])) / sqrt((spread(v[d$z]) + spread(v[!d$z])) / 2)
  lapply(weights, function(w) {
    s <- summary(coxph(y ~ z, data = d, weights = w, robust = TRUE, control = strict))$coefficients
    fit <- survfit(y ~ z, data = d, weights = w, conf.type = "log-log")
    c <- summary(fit, censored = TRUE)
    keep <- seq(1, length(c$time), by = ceiling(length(c$time) / 120))
    list(coef = s[1, "coef"], naive = s[1, "se(coef)"], robust = s[1, "robust se"], p_value = s[1, "Pr(>|z|)"],
         ess = vec(tapply(w, d$z, function(v) sum(v)^2 / sum(v^2))), kept = vec(keep), time = vec(c$time[keep]),
         surv = vec(c$surv[keep]), std_error = vec(c$std.err[keep]), lower = vec(c$lower[keep]), upper = vec(c$upper[keep]),
         median = vec(unlist(quantile(fit, 0.5))), columns = as.list(colnames(x)),
         smd_before = vec(apply(x, 2, smd, rep(1, nrow(d)))), smd_after = vec(apply(x, 2, smd, w)))
  })
}
weighting <- list(
  yang = weighted_of(yang, "os_months", "os_event", "arm", c("age", "pvtt", "tumor_size_cm", "hvtt")),
  veteran = weighted_of(veteran, "time", "status", "trt", c("karno", "age", "celltype")),
  simulated = weighted_of(simulated, "months", "status", "arm", c("age", "stage")),
  visits = weighted_of(visits, "months", "status", "arm", c("age", "stage")))
# ---- proportional hazards of arms alone, in a weighted model, and strata of a number by its values
held_of <- function(time, event, arm) {
  z <- cox.zph(coxph(Surv(time, event) ~ arm, control = strict), transform = "km")$table
  list(statistic = z["GLOBAL", "chisq"], df = z["GLOBAL", "df"], p_value = z["GLOBAL", "p"])
}
weighted_zph <- function(data, treated, covariates) {
  d <- data; d$z <- d[[treated]] == levels(d[[treated]])[2]
  e <- fitted(glm(reformulate(covariates, "z"), binomial, d, control = glm.control(epsilon = 1e-14, maxit = 50)))
  lapply(list(IPTW = ifelse(d$z, 1 / e, 1 / (1 - e)), overlap = ifelse(d$z, 1 - e, e)), function(w)
    cox.zph(coxph(Surv(os_months, os_event) ~ z, data = d, weights = w, control = strict), transform = "km")$table["GLOBAL", "p"])
}
proportional <- list(
  yang_pvtt = with(yang, held_of(os_months, os_event, pvtt)), yang_arm = with(yang, held_of(pfs_months, pfs_event, arm)),
  yang_vp3 = with(subset(yang, pvtt == "Vp3"), held_of(os_months, os_event, arm)),
  yang_vp4 = with(subset(yang, pvtt == "Vp4"), held_of(pfs_months, pfs_event, arm)),
  colon = with(colon, held_of(time, status, rx)), colon_node4 = with(subset(colon, node4 == 1), held_of(time, status, rx)),
  visits = with(visits, held_of(months, status, arm)), weighted = weighted_zph(yang, "arm", c("age", "pvtt", "tumor_size_cm", "hvtt")))
data(cancer, package = "survival")
write.csv(gbsg[c("pid", "hormon", "grade", "age", "rfstime", "status")], file.path(here, "gbsg.csv"), row.names = FALSE, quote = FALSE)
by_grade <- list(
  log_rank = survdiff(Surv(rfstime, status) ~ hormon + strata(grade), data = gbsg)$chisq,
  coef = coef(coxph(Surv(rfstime, status) ~ hormon + strata(grade), data = gbsg, control = strict))[[1]])
out <- list(r = R.version.string, survival = as.character(packageVersion("survival")), arms = of_arms, models = models,
            split = split, course = course, firth = firth, subgroups = subgroups, weighting = weighting,
            proportional = proportional, by_grade = by_grade)
writeLines(json(out), file.path(here, "hazards.json"))
