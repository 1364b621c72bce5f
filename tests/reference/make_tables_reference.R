# Writes tables_reference.json: tests and intervals of tables of counts, and what a baseline table tests.
# Run from the project's root:  Rscript tests/reference/make_tables_reference.R
suppressMessages(library(survival))
here <- "tests/reference"
source(file.path(here, "json.R"))

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

# ---- baseline: tests of numbers and levels by arm in the sample, and Lilliefors' distance
yang <- read.csv("sample_data/yang2023_synthetic.csv"); arm <- factor(yang$arm, levels = c("TACE+IMRT", "TACE+IMRT+sorafenib"))
lilliefors <- function(x) {  # Dallal and Wilkinson's approximation, as nortest has it
  x <- sort(x); n <- length(x); p <- pnorm((x - mean(x)) / sd(x)); k <- max(seq_len(n) / n - p, p - (seq_len(n) - 1) / n)
  kd <- if (n <= 100) k else k * (n / 100)^0.49; nd <- min(n, 100)
  v <- exp(-7.01256 * kd^2 * (nd + 2.78019) + 2.99587 * kd * sqrt(nd + 2.78019) - 0.122119 + 0.974598 / sqrt(nd) + 1.67997 / nd)
  if (v > 0.1) {
    kk <- (sqrt(n) - 0.01 + 0.85 / sqrt(n)) * k
    v <- if (kk <= 0.302) 1 else if (kk <= 0.5) 2.76773 - 19.828315 * kk + 80.709644 * kk^2 - 138.55152 * kk^3 + 81.218052 * kk^4
    else if (kk <= 0.9) -4.901232 + 40.662806 * kk - 97.490286 * kk^2 + 94.029866 * kk^3 - 32.355711 * kk^4
    else if (kk <= 1.31) 6.198765 - 19.558097 * kk + 23.186922 * kk^2 - 12.234627 * kk^3 + 2.423045 * kk^4 else 0
  }
  c(k, v)
}
smd_levels <- function(f) {  # Yang and Dalton 2012, as tableone has it
  p <- prop.table(table(arm, f), 1)[, -1, drop = FALSE]; d <- p[2, ] - p[1, ]
  s <- lapply(1:2, function(i) { s <- -outer(p[i, ], p[i, ]); diag(s) <- p[i, ] * (1 - p[i, ]); s }); s <- (s[[1]] + s[[2]]) / 2
  sqrt(drop(d %*% MASS_ginv(s) %*% d))
}
MASS_ginv <- function(s) { e <- svd(s); keep <- e$d > 1e-12 * e$d[1]; e$v[, keep, drop = FALSE] %*% (t(e$u[, keep, drop = FALSE]) / e$d[keep]) }
number <- function(x) list(
  student = t.test(x ~ arm, var.equal = TRUE)$p.value, welch = t.test(x ~ arm)$p.value,
  wilcoxon = suppressWarnings(wilcox.test(x ~ arm))$p.value, uncorrected = suppressWarnings(wilcox.test(x ~ arm, correct = FALSE))$p.value,
  quartiles = vec(as.vector(sapply(levels(arm), function(a) quantile(x[arm == a], c(0.25, 0.5, 0.75))))),
  moments = vec(as.vector(sapply(levels(arm), function(a) c(mean(x[arm == a]), sd(x[arm == a]))))),
  lilliefors = vec(lilliefors(x)), kruskal = kruskal.test(x ~ yang$etiology)$p.value,
  anova = summary(aov(x ~ yang$etiology))[[1]][1, "Pr(>F)"],
  smd = (mean(x[arm == levels(arm)[2]]) - mean(x[arm == levels(arm)[1]])) / sqrt((var(x[arm == levels(arm)[1]]) + var(x[arm == levels(arm)[2]])) / 2))
level <- function(f) list(fisher = fisher.test(table(f, arm), workspace = 2e7)$p.value, pearson = suppressWarnings(chisq.test(table(f, arm), correct = FALSE))$p.value,
                          smd = smd_levels(factor(f)))
baseline <- list(age = number(yang$age), tumor_size = number(yang$tumor_size_cm), afp = number(yang$afp_ng_ml),
                 sex = level(yang$sex), pvtt = level(yang$pvtt), etiology = level(yang$etiology), ecog = level(yang$ecog))
small <- with(subset(yang, etiology == "none"), list(wilcoxon = wilcox.test(age ~ arm)$p.value))
writeLines(json(list(r = R.version.string, two = two, tables = tables, big = list(table = lapply(1:4, function(i) vec(big[i, ])), p = exact_big),
                     baseline = baseline, small = small)), file.path(here, "tables_reference.json"))
