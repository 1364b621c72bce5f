# OS: 82 of 82 patients, no filter.
library(survival)
d <- read.csv("shown_firth.csv", fileEncoding = "UTF-8-BOM", comment.char = "#")
d$x1 <- droplevels(factor(d$x1, levels = c(1, 2), labels = c("TACE+IMRT", "TACE+IMRT+sorafenib")))  # Arm
d$x2 <- droplevels(factor(d$x2, levels = c(1, 2, 3), labels = c("0", "1", "2")))  # ECOG
# x3: Age

at <- function(b) coxph(Surv(time, event) ~ x1 + x2 + x3 + strata(s1), data = d, ties = "efron", init = b,
                        control = coxph.control(iter.max = 0, toler.chol = 1e-15))
value <- function(b) { m <- at(b); m$loglik[2] - as.numeric(determinant(m$var)$modulus) / 2 }
p <- length(coef(coxph(Surv(time, event) ~ x1 + x2 + x3 + strata(s1), data = d, control = coxph.control(iter.max = 0))))
unit <- sqrt(diag(at(rep(0, p))$var))
exact <- list(reltol = 1e-15, maxit = 999)
highest <- function(start, f) optim(start, function(z) -f(z), method = "BFGS", control = exact)
best <- highest(rep(0, p), function(z) value(z * unit))
profile <- function(j, z) {  # the maximum over the others
  if (p == 1) return(value(z * unit))
  -highest(best$par[-j], function(o) value(append(o, z, j - 1) * unit))$value
}
limit <- function(j, side) {
  fallen <- function(z) profile(j, z) + best$value + qchisq(0.95, 1) / 2
  outer <- best$par[j] + side
  while (fallen(outer) > 0 && abs(outer) < 50) outer <- outer + side
  if (fallen(outer) > 0) side * Inf else uniroot(fallen, sort(c(best$par[j], outer)), tol = 1e-10)$root
}
coef <- best$par * unit
low <- sapply(1:p, limit, -1) * unit
high <- sapply(1:p, limit, 1) * unit
p_value <- sapply(1:p, function(j) pchisq(-2 * (best$value + profile(j, 0)), 1, lower.tail = FALSE))
statistic <- -2 * (best$value + value(rep(0, p)))    # the penalised likelihood ratio
cbind(ratio = exp(coef), low = exp(low), high = exp(high), p = p_value)
