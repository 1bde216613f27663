# statistics.R <CASES: what build/tests/statistics says, calculated again with R's own functions.
# Prints what differs, and at last "N cases, N intervals, N differences".
near <- function(a, b) all(a == b | abs(a - b) <= 1e-9 * pmax(1, abs(a), abs(b)))
differences <- 0
differs <- function(...) {
    differences <<- differences + 1
    cat(..., "\n")
}

input <- file("stdin")
lines <- lapply(strsplit(readLines(input), " "), as.numeric)
close(input)
cases <- split(lines, sapply(lines, `[`, 1))

# One value of 20 at each end, and at least one, counts as much as the next; never as many as a side has.
draw_in <- function(values, n, m) {
    ends <- if (min(n, m) < 2) 0 else min(max(1, (n + m) %/% 20), min(n, m) - 1)
    sorted <- sort(values)
    pmin(pmax(values, sorted[1 + ends]), sorted[n + m - ends])
}

# Every statistic of every labelling: a row a metric, a column a labelling, the real one first.
statistics <- function(values, effects, n, m) {
    one <- function(base) {
        sapply(seq_along(effects), function(j) {
            x <- values[j, base]
            y <- values[j, -base]
            within <- sum((x - mean(x))^2) + sum((y - mean(y))^2)
            s <- if (n + m > 2) sqrt(within / (n + m - 2)) else 0
            abs(mean(y) - mean(x)) / (s * sqrt(1 / n + 1 / m) + effects[j] / 4)
        })
    }
    matrix(apply(combn(n + m, n), 2, one), nrow = length(effects))
}

check_p <- function(case, n, m) {
    values <- t(matrix(sapply(case, function(line) line[13:(12 + n + m)]), nrow = n + m))
    values <- t(apply(values, 1, draw_in, n, m))
    t_all <- statistics(values, sapply(case, `[`, 4), n, m)
    largest <- apply(t_all, 2, max)
    p <- sapply(seq_along(case), function(j) mean(largest >= t_all[j, 1] * (1 - 1e-9)))
    if (!near(p, sapply(case, `[`, 6))) differs("p of case", case[[1]][1], ":", p)
}

# The quantiles of the Mann-Whitney distribution are R's; so is the whole test where no values are
# equal.
intervals <- 0
check_shift <- function(line, n, m) {
    base <- line[13:(12 + n)]
    new <- line[(13 + n):(12 + n + m)]
    all <- sort(outer(new, base, "-"))
    if (!near(median(all), line[8])) differs("shift of case", line[1], ":", median(all))
    cut <- qwilcox(0.025, m, n)
    if (line[9] != (cut > 0)) differs("interval of case", line[1])
    if (cut == 0) return()
    intervals <<- intervals + 1
    mine <- c(all[cut], all[n * m - cut + 1], 1 - 2 * pwilcox(cut - 1, m, n))
    if (!near(mine, line[10:12])) differs("interval of case", line[1], ":", mine)
    if (anyDuplicated(c(base, new))) return()
    whole <- wilcox.test(new, base, conf.int = TRUE, exact = TRUE)
    if (!near(c(whole$conf.int, whole$estimate), line[c(10, 11, 8)]))
        differs("wilcox.test of case", line[1], ":", whole$conf.int, whole$estimate)
}

for (case in cases) {
    n <- case[[1]][2]
    m <- case[[1]][3]
    check_p(case, n, m)
    for (line in case) check_shift(line, n, m)
}
cat(length(cases), "cases,", intervals, "intervals,", differences, "differences\n")
