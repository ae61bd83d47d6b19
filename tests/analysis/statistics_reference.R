# SPDX-License-Identifier: Apache-2.0
# Compares our statistics with R's on random samples: wilcox.test (exact, and approximate with ties), enumeration of
# all permutations by combn for exact tests with ties, p.adjust, quantile, qbinom. Usage: Rscript THIS PROBE
options(digits = 17, warn = 2)
probe <- commandArgs(trailingOnly = TRUE)[1]
set.seed(20261121)
failures <- 0
compared <- 0

expect <- function(what, sample, ours, reference, tolerance = 1e-9) {
  compared <<- compared + 1
  same <- (is.na(ours) && is.na(reference)) ||
    (!is.na(ours) && !is.na(reference) && abs(ours - reference) <= tolerance * max(1, abs(reference)))
  if (!same) {
    failures <<- failures + 1
    if (failures <= 20) cat(what, ": ours ", ours, ", R ", reference, "\n  ", sample, "\n", sep = "")
  }
}

ask <- function(problems) {
  text <- system2(probe, input = problems, stdout = TRUE)
  stopifnot(length(text) == length(problems))
  lapply(strsplit(trimws(text), " +"), as.numeric)
}
line <- function(kind, ...) paste(c(kind, paste(sapply(list(...), function(x) paste(format(x, digits = 17, trim = TRUE), collapse = " ")),
                                                collapse = " | ")), collapse = " ")

# Two samples. Without ties: R's exact test. With ties and small: all permutations. Large: normal approximation.
permutation_p <- function(x, y) {
  ranks <- rank(c(x, y))
  distance <- abs(sum(ranks[-seq_along(x)]) - length(y) * (length(ranks) + 1) / 2)
  sums <- combn(length(ranks), length(y), function(chosen) sum(ranks[chosen]))
  mean(abs(sums - length(y) * (length(ranks) + 1) / 2) >= distance - 1e-9)
}
samples <- list()
for (i in 1:400) samples[[length(samples) + 1]] <- list(x = rnorm(sample(1:25, 1), 10), y = rnorm(sample(1:25, 1), 10 + runif(1, -2, 2)), kind = "exact")
for (i in 1:400) samples[[length(samples) + 1]] <- list(x = sample(1:6, sample(1:7, 1), TRUE), y = sample(1:6, sample(1:7, 1), TRUE) + sample(0:2, 1), kind = "ties")
for (i in 1:100) samples[[length(samples) + 1]] <- list(x = rlnorm(sample(26:60, 1)), y = rlnorm(sample(26:60, 1), runif(1, -1, 1)), kind = "large")
for (i in 1:100) samples[[length(samples) + 1]] <- list(x = sample(1:9, sample(26:60, 1), TRUE), y = sample(1:9, sample(26:60, 1), TRUE) + sample(0:2, 1), kind = "large ties")
results <- ask(sapply(samples, function(s) line("two", s$x, s$y)))
for (i in seq_along(samples)) {
  x <- samples[[i]]$x; y <- samples[[i]]$y; kind <- samples[[i]]$kind; ours <- results[[i]]
  about <- paste(kind, line("two", x, y))
  exact <- length(x) + length(y) <= 50
  reference <- if (kind == "ties") permutation_p(x, y) else
    wilcox.test(y, x, exact = exact, correct = TRUE)$p.value
  differences <- as.vector(outer(y, x, "-"))
  expect("U", about, ours[1], sum(differences > 0) + sum(differences == 0) / 2)
  expect("p", about, ours[2], reference)
  expect("exact", about, ours[3], as.numeric(exact))
  expect("Cliff's delta", about, ours[4], mean(sign(differences)))
  expect("Hodges-Lehmann", about, ours[5], median(differences))
  if (all(c(x, y) > 0)) expect("quotient", about, ours[9], exp(median(as.vector(outer(log(y), log(x), "-")))))
  if (kind == "exact" && choose(length(x) + length(y), length(x)) >= 40) {
    interval <- suppressWarnings(wilcox.test(y, x, exact = TRUE, conf.int = TRUE))$conf.int
    expect("interval, low", about, ours[6], interval[1])
    expect("interval, high", about, ours[7], interval[2])
  }
  if (kind == "large") {  # R finds a zero of its statistic, we take order statistics: next to each other
    interval <- wilcox.test(y, x, exact = FALSE, conf.int = TRUE)$conf.int
    near <- sort(differences)
    for (end in 1:2) {
      gap <- abs(findInterval(ours[5 + end], near) - findInterval(interval[end], near))
      expect("interval, large", about, as.numeric(gap <= 2), 1)
    }
  }
}

# One sample: quantiles of type 7, and the interval of the median by the binomial distribution.
samples <- lapply(1:300, function(i) if (i %% 3 == 0) sample(1:20, sample(1:40, 1), TRUE) else rlnorm(sample(1:400, 1)))
results <- ask(sapply(samples, function(s) line("one", s)))
for (i in seq_along(samples)) {
  x <- sort(samples[[i]]); ours <- results[[i]]; n <- length(x)
  about <- line("one", x)
  expect("median", about, ours[1], median(x))
  expect("mean", about, ours[2], mean(x))
  shares <- c(0.05, 0.25, 0.75, 0.95, 0.99)
  for (k in seq_along(shares)) expect(paste("quantile", shares[k]), about, ours[2 + k], unname(quantile(x, shares[k], type = 7)))
  rank <- qbinom(0.025, n, 0.5)
  if (pbinom(rank, n, 0.5) <= 0.025) rank <- rank + 1
  expect("median interval, low", about, ours[8], if (rank >= 1) x[rank] else NA)
  expect("median interval, high", about, ours[9], if (rank >= 1) x[n + 1 - rank] else NA)
  expect("median interval, level", about, ours[10], if (rank >= 1) 1 - 2 * pbinom(rank - 1, n, 0.5) else NA)
}

# Many tests at once.
samples <- lapply(1:200, function(i) round(runif(sample(1:30, 1))^3, sample(2:8, 1)))
results <- ask(sapply(samples, function(s) line("holm", s)))
for (i in seq_along(samples)) {
  reference <- p.adjust(samples[[i]], "holm")
  for (k in seq_along(reference)) expect("Holm", line("holm", samples[[i]]), results[[i]][k], reference[k])
}

cat(compared, "comparisons,", failures, "failures\n")
quit(status = as.integer(failures > 0 || compared < 5000))
