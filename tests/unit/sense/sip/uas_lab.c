#include "uas_lab.h"

static const char places[] =
	"4711\ticu-1\nBEACON-7\tpharmacy\n2/EG/0.14\tlab\n"
	"geo:-34.407000,150.880010;u=20\tgarden\ngeo:-34.407000,150.880300;u=40\tgate\n";

static void sent(void *ctx, const struct ward_uas_peer *to, struct ward_slice d)
{
	struct fix *x = ctx;

	assert_true(d.len < TEXT);
	memcpy(x->said, d.p, d.len);
	x->said[d.len] = '\0';
	x->port = to->port;
	x->n_said++;
}

static enum ward_uas_taken record(void *ctx, struct ward_event *e)
{
	struct fix *x = ctx;
	struct ward_wr w = ward_wr_fixed(x->event, TEXT - 1);

	if (x->taken != WARD_UAS_DURABLE)
		return x->taken;
	ward_event_write_json(e, &x->names, &w);
	assert_false(ward_wr_bad(&w));
	x->event[w.len] = '\0';
	x->id = e->id;
	x->n_event++;
	return WARD_UAS_DURABLE;
}

void begin(struct fix *x)
{
	assert_int_equal(ward_uas_new(&x->o, x->mono, 1000 * S, &x->u), WARD_OK);
}

void again(struct fix *x)
{
	ward_uas_free(x->u);
	begin(x);
	x->n_said = x->n_event = 0;
}

int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	ward_limits_default(&x->lim);
	assert_int_equal(ward_names_init(&x->names, ward_mem_heap(), &x->lim), WARD_OK);
	ward_counters_init(&x->counters);
	assert_int_equal(ward_sip_places_new(ward_mem_heap(),
				 ward_slice_of(places, sizeof(places) - 1), &x->places),
		WARD_OK);
	x->o = (struct ward_uas_opts){.mem = ward_mem_heap(),
		.names = &x->names,
		.counters = &x->counters,
		.source = WARD_STR("helpers"),
		.local = WARD_STR("192.0.2.1:5060"),
		.address = WARD_STR("192.0.2.1"),
		.peers = WARD_STR("192.0.2.0/25 2001:db8::7"),
		.md5 = true,
		.sha = true,
		.places = x->places,
		.devices_max = 8,
		.seed = {1, 2},
		.record = record,
		.send = sent,
		.ctx = x};
	x->from = (struct ward_uas_peer){
		.address = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 50}, .port = 40000};
	x->mono = 1000 * S;
	begin(x);
	*state = x;
	return 0;
}

int teardown(void **state)
{
	struct fix *x = *state;

	ward_uas_free(x->u);
	ward_sip_places_free(x->places);
	ward_names_fini(&x->names);
	free(x);
	return 0;
}

void hear_bytes(struct fix *x, const char *p, size_t n)
{
	uint8_t *copy =
		malloc(n ? n : 1); /* of exactly that size, so that nothing behind is read */

	assert_non_null(copy);
	memcpy(copy, p, n);
	assert_int_equal(
		ward_uas_hear(x->u, &x->from, ward_slice_of(copy, n), x->mono, x->mono), WARD_OK);
	free(copy);
}

void ask(struct fix *x, struct ask a)
{
	static char text[TEXT];
	const char *body = a.body ? a.body : "", *from = a.from ? a.from : "sip:4711@pbx.example";
	int n = snprintf(text, sizeof(text),
		"%s sip:%s@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
		"192.0.2.50:5062;branch=z9hG4bK%u;rport\r\n"
		"Max-Forwards: 70\r\nFrom: \"Mario Rossi\" <%s>;tag=a1\r\nTo: "
		"<sip:%s@192.0.2.1>\r\n"
		"Call-ID: %s\r\nCSeq: %u %s\r\n%sContent-Length: %zu\r\n\r\n%s",
		a.method, a.number ? a.number : "9001", a.cseq, from, a.number ? a.number : "9001",
		a.call ? a.call : "c1", a.cseq, a.method, a.fields ? a.fields : "", strlen(body),
		body);

	assert_true(n > 0 && n < TEXT);
	hear_bytes(x, text, (size_t)n);
}

void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' in:\n%s", part, text);
}

uint64_t count(const struct fix *x, const char *name)
{
	return ward_counter_get(&x->counters, name);
}
