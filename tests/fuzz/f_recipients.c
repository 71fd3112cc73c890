/* A file of recipients. Each finding has its line and mend; what is taken in is of use to the
 * program that goes the way: in one line, within its bounds, and no more than one request. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "respond/recipients.h"
#include "respond/smpp.h"
#include "respond/smtp.h"
#include "respond/template.h"

static void request(const struct ward_recipient *p)
{
	struct ward_template t;
	struct ward_weburl url;
	struct ward_template_slot slot;
	const char *why;

	if (p->channel != WARD_CHANNEL_SMS && p->channel != WARD_CHANNEL_CHAT)
		return;
	WARD_ASSERT(ward_weburl_read(p->url, &url, &why) == WARD_OK);
	ward_way_template(p->detail, &t);
	WARD_ASSERT(!ward_template_wrong(&t, ward_str_z(url.path), &slot));
}

static void taken(const struct ward_recipient *p)
{
	const struct ward_way *way = ward_way(p->channel);
	const char *why;

	WARD_ASSERT(way->check(p->url, &why) && p->url.len <= WARD_RECIPIENT_TEXT);
	for (size_t i = 0; i < WARD_DETAIL_N; i++) {
		struct ward_str s = p->detail[i];

		WARD_ASSERT(s.len || way->detail[i].is != WARD_DETAIL_MUST);
		WARD_ASSERT(!s.len || way->detail[i].is != WARD_DETAIL_NONE);
		WARD_ASSERT(s.len <= WARD_RECIPIENT_TEXT);
		for (size_t k = 0; k < s.len; k++)
			WARD_ASSERT(s.p[k] < 0 || s.p[k] >= ' ');
	}
	if (p->channel == WARD_CHANNEL_MAIL)
		WARD_ASSERT(ward_smtp_is_address(p->detail[WARD_DETAIL_TO]) &&
			    p->detail[WARD_DETAIL_USER].len <= WARD_SMTP_LOGIN);
	if (p->channel == WARD_CHANNEL_SMPP)
		WARD_ASSERT(p->detail[WARD_DETAIL_TO].len <= WARD_SMPP_NUMBER &&
			    p->detail[WARD_DETAIL_FROM].len <= WARD_SMPP_NUMBER &&
			    p->detail[WARD_DETAIL_USER].len <= WARD_SMPP_USER);
	request(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct lab l; /* loaded once: it only answers */
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_recipients r;
	struct ward_diag d;

	if (!l.m)
		WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_recipients_in in = {l.m, &l.lim, ward_mem_heap(), &d, NULL};
	enum ward_err err =
		ward_recipients_read(&in, WARD_STR("recipients.yml"), ward_slice_of(copy, len), &r);

	WARD_ASSERT((err == WARD_OK) == (d.n_error == 0));
	for (size_t i = 0; i < d.n; i++)
		WARD_ASSERT(d.item[i].line && d.item[i].mend.len);
	for (size_t i = 0; i < r.n; i++)
		taken(&r.r[i]);
	ward_recipients_free(&r);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
