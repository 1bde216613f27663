/* export_page.c: connections as the data of a page, in one document. */
#include "cli/export.h"
#include "cli/report.h"

struct page_export {
    struct tp_out *out;
    bool begun;
};

static bool write_detail(void *context, struct report *report, const struct tp_flow *flow,
                         const struct report_connection *connection)
{
    struct page_export *export = context;

    tp_out_text(export->out, export->begun ? ",\n" : "\n");
    export->begun = true;
    report_write_detail(report, export->out, flow, connection);
    return !tp_out_failed(export->out);
}

static int write_page(struct report *report, struct tp_out *out, struct tp_error *error)
{
    struct page_export export = {.out = out};
    int rc = report_read_table(report, error);

    if (rc)
        return rc;
    tp_out_text(out, "{");
    report_write_index(report, out);
    rc = report_read_details(report, error);
    tp_out_text(out, ",\n\"details\":[");
    if (rc == 0)
        rc = report_each(report, write_detail, &export, error);
    tp_out_text(out, "]}\n");
    return rc ? rc : tp_out_finish(out, error);
}

int export_page(const struct export_options *options, struct tp_out *out, struct tp_error *error)
{
    const struct report_options wanted = {.input = &options->plot.input,
                                          .flows = &options->plot.flows,
                                          .top = REPORT_TOP,
                                          .packets = REPORT_PACKETS};
    struct report report;
    int rc = report_init(&report, &wanted, error);

    if (rc == 0)
        rc = write_page(&report, out, error);
    report_release(&report);
    return rc;
}
