// goodput.cpp: the library from C++: the flows of a recording, the fastest first.
//
//     c++ goodput.cpp $(pkg-config --cflags --libs tcpprobe) -o goodput && ./goodput cubic.log.gz
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <tcpprobe/figure.h>
#include <tcpprobe/pass.h>

// Who owns what is said in the headers; the rest is the language's.
struct Free {
    void operator()(tp_pass *pass) const { tp_pass_close(pass); }
    void operator()(tp_analysis *analysis) const { tp_analysis_free(analysis); }
};

using Pass = std::unique_ptr<tp_pass, Free>;
using Analysis = std::unique_ptr<tp_analysis, Free>;

static std::string endpoint(const tp_flow &flow, unsigned end)
{
    char text[64];

    return std::string(text, tp_endpoint_text(&flow.key, end, text, sizeof text));
}

struct Row {
    const tp_flow *flow;
    double bits_per_second;
};

// By whoever knows it best; flows of which nobody does are left out.
static std::vector<Row> rows(const tp_analysis &analysis)
{
    std::vector<Row> rows;
    size_t count;
    const tp_flow *const *flows = tp_analysis_flows(&analysis, &count);

    for (size_t i = 0; i < count; i++) {
        Row row{flows[i], 0};
        tp_sheet sheet{};

        tp_sheet_open(&sheet, &analysis, flows[i], 0);
        if (tp_sheet_number(&sheet, TP_FIGURE_goodput_bps, 0, TP_BEST, &row.bits_per_second))
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(),
              [](const Row &a, const Row &b) { return a.bits_per_second > b.bits_per_second; });
    return rows;
}

static Analysis analyse(const char *const *paths, size_t count, tp_error &error)
{
    Analysis analysis(tp_analysis_new(nullptr, &error));
    tp_pass *opened = nullptr;
    int rc = analysis ? tp_pass_open(&opened, paths, count, nullptr, &error) : TP_ERR_NOMEM;
    Pass pass(opened);

    if (rc == TP_OK)
        rc = tp_pass_analyse(pass.get(), analysis.get(), &error);
    return rc == TP_OK ? std::move(analysis) : nullptr;
}

int main(int argc, char **argv)
{
    tp_error error = TP_ERROR_INIT;
    Analysis analysis = analyse(argv + 1, static_cast<size_t>(argc) - 1, error);

    if (!analysis) {
        char words[600];

        tp_error_format(&error, words, sizeof words);
        std::fprintf(stderr, "goodput: %s\n", words);
        return 1;
    }
    for (const Row &row : rows(*analysis)) {
        unsigned from = tp_flow_bulk_end(row.flow);

        std::printf("%8.3f Mbit/s  %s -> %s\n", row.bits_per_second / 1e6,
                    endpoint(*row.flow, from).c_str(), endpoint(*row.flow, !from).c_str());
    }
    return 0;
}
