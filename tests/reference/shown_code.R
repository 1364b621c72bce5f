# OS by Arm: 65 of 82 patients, AFP > 20 ng/mL.
library(survival)
d <- read.csv("shown_data.csv", fileEncoding = "UTF-8-BOM", comment.char = "#")
d$s1[d$s1 < 0] <- NA
d$group <- factor(d$group, levels = 1:2, labels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))

fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = "log-log")
quantile(fit, 0.5)                               # medians
summary(fit, times = c(6, 12, 24), extend = TRUE)
quantile(fit, c(0.25, 0.5, 0.75))
print(fit, rmean = 36.0)                # restricted means
quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = "log-log"), 0.5)  # follow-up

# stratified Fleming-Harrington(0.5, 1.5): survdiff has no such weight
d$group <- droplevels(d$group); k <- nlevels(d$group); z <- numeric(k); v <- matrix(0, k, k)
for (e in split(d, interaction(d$s1))) {
  S <- 1
  for (t in sort(unique(e$time[e$event == 1]))) {
    risk <- as.numeric(table(e$group[e$time >= t])); dead <- as.numeric(table(e$group[e$time == t & e$event == 1]))
    n <- sum(risk); m <- sum(dead); w <- S^0.5 * (1 - S)^1.5
    z <- z + w * (dead - m * risk / n)
    if (n > 1) v <- v + w^2 * m * (n - m) / (n - 1) * (diag(risk / n, k) - outer(risk, risk) / n^2)
    S <- S * (1 - m / n)
  }
}
chisq <- as.numeric(t(z[-1]) %*% solve(v[-1, -1]) %*% z[-1])
c(chisq = chisq, p = pchisq(chisq, k - 1, lower.tail = FALSE))

d$group <- relevel(d$group, ref = "TACE+IMRT")
summary(coxph(Surv(time, event) ~ group, data = d, ties = "efron",
              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
