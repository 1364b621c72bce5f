# Writes cut_point.json: maximally selected log-rank statistics of numbers, and their p.
# Run from the project's root, with R >= 4.2 and its packages survival, maxstat and mvtnorm:
#   Rscript tests/reference/cut_point.R
source("tests/reference/cohorts.R")
suppressMessages({ library(maxstat); library(mvtnorm) })
set.seed(20231110)

# The probability that the largest of all cuts' statistics is beyond a bound, by the multivariate normal distribution
beyond <- function(bound, m, n, algorithm) {
  correlation <- outer(m, m, Vectorize(function(i, j) {
    a <- min(i, j); b <- max(i, j)
    sqrt(a * (n - b) / ((n - a) * b))
  }))
  1 - as.numeric(pmvnorm(lower = rep(-bound, length(m)), upper = rep(bound, length(m)), corr = correlation,
                         algorithm = algorithm))
}
search <- function(time, event, x) {
  known <- !is.na(x)
  d <- data.frame(time = time[known], event = event[known], x = x[known])
  r <- maxstat.test(Surv(time, event) ~ x, data = d, smethod = "LogRank", pmethod = "Lau94")
  n <- nrow(d)
  m <- which(!duplicated(sort(d$x))) - 1
  m <- m[m >= max(1, floor(n * 0.1)) & m <= floor(n * 0.9)]
  few <- m[round(seq(1, length(m), length.out = 6))]
  list(time = vec(d$time), event = vec(as.numeric(d$event)), x = vec(d$x), below = vec(m), statistic = vec(r$stats),
       largest = as.numeric(r$statistic), lausen94 = as.numeric(r$p.value),
       p_value = beyond(r$statistic, m, n, GenzBretz(maxpts = 5e5, abseps = 1e-6)),
       few = vec(few), p_of_few = beyond(r$statistic, few, n, Miwa(steps = 4096)))
}
lung <- survival::lung
pbc <- survival::pbc[1:312, ]
out <- list(lung_age = search(lung$time, lung$status == 2, lung$age),
            lung_weight_loss = search(lung$time, lung$status == 2, lung$wt.loss),
            pbc_bilirubin = search(pbc$time, pbc$status == 2, pbc$bili),
            pbc_age = search(pbc$time, pbc$status == 2, pbc$age))
cat(json(out), file = file.path(here, "cut_point.json"))
