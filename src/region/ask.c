#include "region/ask.h"

#include "region/site.h"

struct ward_region_ask {
	struct ward_region_ask_opts o;
	struct ward_httppoll *poll;
};

static bool target(void *ctx, struct ward_wr *w)
{
	(void)ctx;
	ward_wr_z(w, WARD_REGION_PATH_ASKED);
	return true;
}

static enum ward_err answer(void *ctx, const struct ward_httppoll_answer *is, ward_ns mono)
{
	struct ward_region_ask *a = ctx;
	const char *why = "its answer is none";
	enum ward_err err = a->o.got(a->o.ctx, is->body, is->same, &why);

	if (err == WARD_ERR_CONFIG)
		return ward_httppoll_failed(a->poll, mono, why);
	if (!err)
		ward_httppoll_good(a->poll, mono);
	return err;
}

static enum ward_err lost(void *ctx, const char *why, bool sent, ward_ns mono)
{
	struct ward_region_ask *a = ctx;

	(void)sent;
	return ward_httppoll_failed(a->poll, mono, why);
}

static const char *refused(unsigned status)
{
	return status == 401   ? "it does not know this certificate"
	       : status == 403 ? "it gives this machine nothing"
	       : status == 404 ? "it is a Ward that knows no region, or none"
			       : NULL;
}

enum ward_err ward_region_ask_new(
	const struct ward_region_ask_opts *o, struct ward_region_ask **ret)
{
	struct ward_region_ask *a = ward_mem_alloc(o->mem, sizeof(*a));
	const struct ward_httppoll_opts http = {.mem = o->mem,
		.counters = o->counters,
		.requests = "region.asked",
		.failures = "region.failed",
		.host = o->host,
		.port = o->port,
		.accept = "application/json",
		.body_max = WARD_SITE_BYTES,
		.every = o->every,
		.answer_max = 60 * WARD_NS_PER_S,
		.strict = true,
		.random = o->random,
		.ask = {target, answer, lost, refused, a}};

	if (!a)
		return WARD_ERR_NOMEM;
	*a = (struct ward_region_ask){.o = *o};
	if (ward_httppoll_new(&http, &a->poll) != WARD_OK) {
		ward_region_ask_free(a);
		return WARD_ERR_NOMEM;
	}
	*ret = a;
	return WARD_OK;
}

void ward_region_ask_free(struct ward_region_ask *a)
{
	if (!a)
		return;
	ward_httppoll_free(a->poll);
	ward_mem_free(a->o.mem, a, sizeof(*a));
}

struct ward_httppoll *ward_region_ask_poll(const struct ward_region_ask *a)
{
	return a->poll;
}
