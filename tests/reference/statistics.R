# Writes statistics.json: tests and intervals of tables of counts.
# Run from the project's root:  Rscript tests/reference/statistics.R
here <- "tests/reference"
source(file.path(here, "json.R"))

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

# ---- two groups: events and patients of the test and the reference group
pairs <- list(c(5, 35, 8, 47), c(25, 35, 28, 47), c(0, 35, 3, 47), c(7, 35, 0, 47), c(35, 35, 40, 47), c(1, 10, 9, 12), c(13, 20, 13, 20),
              c(36, 40, 16, 80), c(120, 400, 90, 380), c(2, 1000, 9, 990), c(3, 3, 1, 4), c(10, 30, 10, 15))
mid_p <- function(m) {
  k <- sum(m[, 1]); support <- max(0, k - sum(m[2, ])):min(k, sum(m[1, ]))
  d <- dhyper(support, sum(m[1, ]), sum(m[2, ]), k); own <- d[support == m[1, 1]]
  sum(d[d <= own * (1 + 1e-7)]) - own / 2
}
newcombe <- function(x1, n1, x0, n0) {  # limits of each share by prop.test, joined
  s <- function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int
  a <- s(x1, n1); b <- s(x0, n0); p1 <- x1 / n1; p0 <- x0 / n0
  c(p1 - p0 - sqrt((p1 - a[1])^2 + (b[2] - p0)^2), p1 - p0 + sqrt((a[2] - p1)^2 + (p0 - b[1])^2))
}
koopman <- function(x1, n1, x0, n0) {  # the likelihood under a fixed ratio maximised by optimize, the statistic's roots by uniroot
  u <- function(log) {
    r <- exp(log); top <- min(1, 1 / r)
    f <- function(p) {
      l <- function(k, q) if (k == 0) 0 else k * log(q)
      l(x1, p * r) + l(n1 - x1, 1 - p * r) + l(x0, p) + l(n0 - x0, 1 - p)
    }
    p <- optimize(f, c(1e-12, top - 1e-12), maximum = TRUE, tol = 1e-14)$maximum
    for (i in 1:60) {  # Newton's polish of the score equation
      g <- (x1 + x0) / p - (n1 - x1) * r / (1 - p * r) - (n0 - x0) / (1 - p)
      h <- -(x1 + x0) / p^2 - (n1 - x1) * r^2 / (1 - p * r)^2 - (n0 - x0) / (1 - p)^2
      new <- p - g / h; if (!is.finite(new) || new <= 0 || new >= top) break; p <- new
    }
    (x1 - n1 * p * r)^2 / (n1 * p * r * (1 - p * r)) + (x0 - n0 * p)^2 / (n0 * p * (1 - p)) - qnorm(0.975)^2
  }
  centre <- log((x1 + 0.5) / (n1 + 0.5) / ((x0 + 0.5) / (n0 + 0.5)))
  if (x1 > 0 && x0 > 0) centre <- log(x1 / n1 / (x0 / n0))
  c(if (x1 == 0) 0 else exp(uniroot(u, c(centre - 12, centre - 1e-7), tol = 1e-13)$root),
    if (x0 == 0) Inf else exp(uniroot(u, c(centre + 1e-7, centre + 12), tol = 1e-13)$root))
}
odds <- function(m) {  # fisher.test's definitions, solved more exactly than its own uniroot does
  k <- sum(m[, 1]); support <- max(0, k - sum(m[2, ])):min(k, sum(m[1, ])); x <- m[1, 1]
  d <- function(log) { w <- dhyper(support, sum(m[1, ]), sum(m[2, ]), k, log = TRUE) + support * log; w <- exp(w - max(w)); w / sum(w) }
  root <- function(f) exp(uniroot(f, c(-25, 25), tol = 1e-14)$root)
  c(if (x == min(support)) 0 else if (x == max(support)) Inf else root(function(l) sum(support * d(l)) - x),
    if (x == min(support)) 0 else root(function(l) sum(d(l)[support >= x]) - 0.025),
    if (x == max(support)) Inf else root(function(l) sum(d(l)[support <= x]) - 0.025))
}
two <- lapply(pairs, function(v) {
  m <- matrix(c(v[1], v[3], v[2] - v[1], v[4] - v[3]), 2); f <- fisher.test(m)
  katz <- log(v[1] / v[2] / (v[3] / v[4])) + c(-1, 1) * qnorm(0.975) * sqrt(1 / v[1] - 1 / v[2] + 1 / v[3] - 1 / v[4])
  pearson <- suppressWarnings(chisq.test(m, correct = FALSE)$p.value); yates <- suppressWarnings(chisq.test(m)$p.value)
  list(table = vec(v), fisher = f$p.value, mid = mid_p(m), pearson = pearson, yates = yates,
       odds = vec(odds(m)), odds_own = vec(c(f$estimate, f$conf.int)), newcombe = vec(newcombe(v[1], v[2], v[3], v[4])),
       katz = vec(if (v[1] > 0 && v[3] > 0) exp(katz) else c(NA, NA)),
       koopman = vec(if (v[1] == v[2] && v[3] == v[4]) c(NA, NA) else koopman(v[1], v[2], v[3], v[4])),
       exact = vec(binom.test(v[1], v[2])$conf.int))
})

# ---- larger tables
larger <- list(c(3, 5, 2, 9, 1, 4), c(12, 8, 3, 5, 19, 7, 2, 9), c(24, 14, 13, 14, 2, 3, 8, 4), c(4, 0, 3, 7, 2, 9, 1, 5, 6), c(2, 3, 1, 0, 5, 4, 2, 2, 3, 1, 0, 6))
rows_of <- c(3, 4, 4, 3, 4)
tables <- Map(function(v, r) {
  m <- matrix(v, r)
  list(table = lapply(seq_len(nrow(m)), function(i) vec(m[i, ])), fisher = fisher.test(m, workspace = 2e7)$p.value,
       pearson = suppressWarnings(chisq.test(m)$p.value))
}, larger, rows_of)
set.seed(1)
big <- matrix(rmultinom(1, 400, c(3, 4, 5, 6, 3, 4, 5, 6, 4, 4, 4, 7)), 4)
exact_big <- fisher.test(big, simulate.p.value = TRUE, B = 2e6)$p.value

writeLines(json(list(r = R.version.string, two_by_two = unname(two_by_two), two = two, tables = tables,
                     big = list(table = lapply(1:4, function(i) vec(big[i, ])), p = exact_big))),
           file.path(here, "statistics.json"))
