# Writes along_number.json: the arms' hazard ratio along a number, and the likelihood ratio of arm + number against
# arm * number. Run from the project's root, with R >= 4.2 and survival:  Rscript tests/reference/along_number.R
source("tests/reference/cohorts.R")
along <- function(time, event, arm, x, at) {
  d <- data.frame(time, event = event > 0, arm, x); d <- d[complete.cases(d), ]
  plain <- coxph(Surv(time, event) ~ arm + x, data = d, ties = "efron", control = strict)
  full <- coxph(Surv(time, event) ~ arm * x, data = d, ties = "efron", control = strict)
  of <- anova(plain, full)
  k <- nlevels(d$arm) - 1
  points <- at(quantile(d$x, c(0.25, 0.5, 0.75), names = FALSE))
  ratios <- lapply(seq_len(k), function(i) {
    pair <- c(i, k + 1 + i); v <- vcov(full)[pair, pair]
    coef <- coef(full)[i] + points * coef(full)[k + 1 + i]
    list(coef = vec(coef), error = vec(sqrt(v[1, 1] + 2 * points * v[1, 2] + points^2 * v[2, 2])))
  })
  list(statistic = 2 * (full$loglik[2] - plain$loglik[2]), df = k, p_value = of[2, ncol(of)], n = full$n,
       n_event = full$nevent, zph = cox.zph(full, transform = "km")$table["GLOBAL", "p"], points = vec(points),
       ratios = ratios)
}
same <- function(v) v
yang$arm <- factor(yang$arm, levels = arms)
large <- subset(yang, tumor_size_cm > 7)
out <- list(
  yang_age = with(yang, along(os_months, os_event, arm, age, same)),
  yang_afp = with(yang, along(pfs_months, pfs_event, arm, log2(afp_ng_ml), same)),
  yang_large = with(large, along(os_months, os_event, arm, tumor_size_cm, same)),
  veteran_karno = with(veteran, along(time, status, factor(trt), karno, same)),
  colon_age = with(deaths, along(time, status, factor(rx, levels = c("Obs", "Lev", "Lev+5FU")), age, same)),
  pbc_age = with(pbc, along(time, status == 2, factor(trt), age, same)),
  simulated_age = with(simulated, along(months, cause, factor(arm, levels = c("control", "test")), age, same)))
writeLines(json(out), file.path(here, "along_number.json"))
