/* absent.c: what there is instead of a server where libmicrohttpd was not there to be built with.
 */
#include <tcpprobe/web.h>

#ifndef TP_HAVE_MICROHTTPD

bool tp_web_is_built(void)
{
    return false;
}

int tp_web_open(struct tp_web **opened, const struct tp_web_options *options,
                struct tp_error *error)
{
    *opened = NULL;
    (void)options;
    return tp_error_set(error, TP_ERR_UNSUPPORTED,
                        "this tcpprobe was built without libmicrohttpd, which a page needs");
}

const char *tp_web_address(const struct tp_web *web)
{
    (void)web;
    return "";
}

uint16_t tp_web_port(const struct tp_web *web)
{
    (void)web;
    return 0;
}

int tp_web_start(struct tp_web *web, struct tp_error *error)
{
    (void)web;
    return tp_error_set(error, TP_ERR_UNSUPPORTED, "built without libmicrohttpd");
}

bool tp_web_asked(struct tp_web *web, struct tp_web_question *question)
{
    (void)web;
    (void)question;
    return false;
}

void tp_web_wait(struct tp_web *web, int64_t most_ns)
{
    (void)web;
    (void)most_ns;
}

void tp_web_answer(struct tp_web *web, const struct tp_web_question *question, const char *bytes,
                   size_t length)
{
    (void)web;
    (void)question;
    (void)bytes;
    (void)length;
}

void tp_web_tick(struct tp_web *web, uint64_t number, const char *bytes, size_t length)
{
    (void)web;
    (void)number;
    (void)bytes;
    (void)length;
}

unsigned tp_web_viewers(struct tp_web *web)
{
    (void)web;
    return 0;
}

void tp_web_close(struct tp_web *web)
{
    (void)web;
}

#endif
