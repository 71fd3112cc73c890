#include "fuzz.h"

#include "respond/ticket.h"

enum { LETTERS = 4, TURNS = 64 };

static bool says(void *ctx, struct ward_id incident, const struct ward_outcome *o)
{
	(void)ctx;
	WARD_ASSERT(o->what == WARD_SENT_CLOSED || o->what == WARD_SENT_DELIVERED ||
		    (o->what == WARD_SENT_REFUSED && o->why[0]));
	for (size_t i = 0; o->why[i]; i++)
		WARD_ASSERT(o->why[i] >= ' ' && o->why[i] <= '~');
	WARD_ASSERT(o->what == WARD_SENT_REFUSED || !o->why[0] ||
		    ward_ticket_is_number(ward_str_z(o->why)));
	return incident.b[0] < 0x80;
}

/* Each is one request, whose head ends where it should. */
static void check(const struct ward_wr *w, size_t from)
{
	struct ward_str all = ward_str_sub(ward_wr_text(w), from, w->len);
	size_t end = ward_str_find(all, WARD_STR("\r\n\r\n"));

	if (ward_wr_bad(w) || !all.len)
		return;
	WARD_ASSERT(end != SIZE_MAX);
	for (size_t i = 0; i < end; i++) {
		WARD_ASSERT(all.p[i] != '\0');
		WARD_ASSERT(all.p[i] != '\n' || (i && all.p[i - 1] == '\r'));
	}
}

/* Answers as they come: in pieces, the last of which ends the connection. */
static void talk(struct ward_ticket *t, struct ward_slice answers, size_t piece)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);
	enum ward_ticket_next next = ward_ticket_connected(t, &w);

	check(&w, 0);
	for (int i = 0; i < TURNS && next != WARD_TICKET_OVER; i++) {
		size_t n = answers.len < piece ? answers.len : piece, from = w.len;

		if (next == WARD_TICKET_AGAIN)
			next = ward_ticket_connected(t, &w);
		else if (ward_ticket_take(t, ward_slice_of(answers.p, n), 0, &w, &next) != WARD_OK)
			break;
		else
			answers = ward_slice_of(answers.p + n, answers.len - n);
		check(&w, from);
	}
	if (next == WARD_TICKET_OVER) {
		const struct ward_outcome *o = ward_ticket_outcome(t);

		WARD_ASSERT(o->what >= WARD_SENT_DELIVERED && o->what <= WARD_SENT_FAILED);
		WARD_ASSERT(o->what == WARD_SENT_DELIVERED || o->why[0]);
	}
	ward_wr_fini(&w);
}

static void run(
	struct ward_str system, struct ward_str letter, struct ward_slice answers, size_t piece)
{
	struct ward_weburl url = {.tls = true, .usual = true, .host = "a", .path = "/b/"};
	struct ward_ticket_system s;
	struct ward_ticket *t;
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_ticket_in in = {&lim, ward_mem_heap(), &diag};
	enum ward_err err =
		ward_ticket_system_read(&in, WARD_STR("f.yml"), ward_str_bytes(system), &s);

	WARD_ASSERT(err != WARD_ERR_CONFIG || diag.n_error);
	const struct ward_ticket_opts o = {.mem = ward_mem_heap(),
		.lim = &lim,
		.system = &s,
		.url = &url,
		.user = WARD_STR("u"),
		.secret = WARD_STR("s"),
		.says = says};

	if (!err && ward_ticket_new(&o, &t) == WARD_OK) {
		for (uint8_t i = 0; i < LETTERS; i++) /* the same again, and another */
			if (ward_ticket_begin(t, (struct ward_id){{i / 2}}, letter) == WARD_OK)
				talk(t, answers, i & 1 ? piece : answers.len);
		ward_ticket_free(t);
	}
	ward_ticket_system_free(&s);
	ward_diag_fini(&diag);
}

/* A system, a letter and answers, parted by lines of "%%". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct ward_str mark = WARD_STR("\n%%\n");
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str rest = ward_slice_text(ward_slice_of(copy, len)), part[2];
	size_t at = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		at = ward_str_find(rest, mark);
		part[i] = ward_str_sub(rest, 0, at == SIZE_MAX ? rest.len : at);
		rest = at == SIZE_MAX ? WARD_STR("") : ward_str_sub(rest, at + mark.len, rest.len);
	}
	if (ward_utf8_valid(ward_str_bytes(part[0]), NULL) &&
		ward_utf8_valid(ward_str_bytes(part[1]), NULL))
		run(part[0], part[1], ward_str_bytes(rest), 1 + len % 64);
	free(copy);
	return 0;
}
