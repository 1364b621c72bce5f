# Writes verification.json: what the R code that pages show gives, run as it stands on the file they give with it.
# Run from the project's root, with R >= 4.2 and its package survival:  Rscript tests/reference/verification.R
library(survival)
here <- "tests/reference"
source(file.path(here, "json.R"))

# ---- the Survival page (tests/core/verification/test_lifelines_survival.py)
survival_page <- local({
  source(file.path(here, "shown_code.R"), local = TRUE, echo = FALSE, chdir = TRUE)
  at <- summary(fit, times = c(6, 12, 24), extend = TRUE)
  model <- summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
                         control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
  list(median = vec(as.vector(quantile(fit, 0.5)$quantile)), estimate = vec(at$surv),
       statistic = unname(chisq), coef = unname(model$coefficients[1, "coef"]),
       mean = vec(summary(fit, rmean = 36)$table[, "rmean"]))
})

# ---- the Hazard ratios page for two sets of choices (tests/core/verification/test_lifelines_cox.py)
cox_page <- local({
  source(file.path(here, "shown_cox.R"), local = TRUE, echo = FALSE, chdir = TRUE)
  list(coef = vec(coef(fit)), std_error = vec(sqrt(diag(vcov(fit)))), concordance = summary(fit)$concordance[[1]],
       statistic = 2 * diff(fit$loglik), zph = vec(cox.zph(fit, transform = "km")$table[, "chisq"]), bent = vec(wald))
})
firth_page <- local({
  source(file.path(here, "shown_firth.R"), local = TRUE, echo = FALSE, chdir = TRUE)
  list(coef = vec(coef), low = vec(low), high = vec(high), p_value = vec(p_value), statistic = vec(statistic))
})
writeLines(json(list(r = R.version.string, survival = survival_page, cox = cox_page, firth = firth_page)),
           file.path(here, "verification.json"))
