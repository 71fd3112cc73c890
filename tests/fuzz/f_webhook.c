#include "fuzz.h"

#include "respond/recipients.h"
#include "run/letter.h"

/* An answer of a recipient as its process reads it, and what comes of it on the way to `respond`.
 */
static void answer(struct ward_slice s)
{
	struct ward_httpmsg_opts o = {.mem = ward_mem_heap(), .body_max = 4096};
	struct ward_httpmsg_whole m;
	struct ward_outcome out, back;
	struct ward_httpmsg *h;
	struct ward_id id = {{1}}, same;
	uint8_t body[512];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	size_t used;

	WARD_ASSERT(ward_httpmsg_new(&o, &h) == WARD_OK);
	if (ward_httpmsg_take(h, s, &used, &m) == WARD_OK) {
		ward_webhook_judge(h, &m, 1773282000 * WARD_NS_PER_S, &out);
		WARD_ASSERT(out.retry_after >= 0 && out.retry_after <= 3600 * WARD_NS_PER_S);
		ward_outcome_put(&w, id, &out);
		struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

		WARD_ASSERT(!ward_wr_bad(&w) && ward_outcome_get(&r, &same, &back) == WARD_OK);
		WARD_ASSERT(ward_id_eq(id, same) && back.what == out.what &&
			    back.status == out.status && strcmp(back.why, out.why) == 0);
	}
	ward_httpmsg_free(h);
}

static void url(struct ward_slice s)
{
	struct ward_weburl u;
	const char *why = NULL;

	if (ward_weburl_read(ward_slice_text(s), &u, &why) == WARD_OK)
		WARD_ASSERT(
			u.port && u.host[0] && u.path[0] == '/' &&
			(u.tls || strncmp(u.host, "127.", 4) == 0 || strcmp(u.host, "::1") == 0));
	else
		WARD_ASSERT(why != NULL);
	for (int i = WARD_WEBURL_HTTP; i <= WARD_WEBURL_XMPP; i++) {
		why = NULL;
		if (ward_weburl_read_as((enum ward_weburl_scheme)i, ward_slice_text(s), &u, &why) ==
			WARD_OK)
			WARD_ASSERT(u.port && u.host[0]);
		else
			WARD_ASSERT(why != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	struct ward_rd r = ward_rd_from(copy, n);
	struct ward_outcome o;
	struct ward_letter l;
	struct ward_id id;

	switch (len ? data[0] % 4 : 0) {
	case 0:
		answer(ward_slice_of(copy, n));
		break;
	case 1:
		url(ward_slice_of(copy, n));
		break;
	case 2:
		if (ward_outcome_get(&r, &id, &o) == WARD_OK)
			WARD_ASSERT(strlen(o.why) < sizeof(o.why) && o.retry_after >= 0);
		break;
	default:
		if (ward_letter_get(&r, &l) == WARD_OK)
			WARD_ASSERT(l.body.len == n - sizeof(l.id.b) - sizeof(l.until));
		break;
	}
	free(copy);
	return 0;
}
