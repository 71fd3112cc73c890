#include "fuzz.h"

#include "../unit/model/lab.h"

#include "respond/oncall.h"
#include "respond/pager.h"
#include "respond/publish.h"
#include "respond/respond.h"
#include "respond/ticket.h"

enum { READERS = 4, TICKETS = 6, BEDS = 7, LISTENERS = 9 };

static struct lab l; /* loaded once: it only answers */
static struct ward_sharing sharing;

static void begin(void)
{
	static const char text[] =
		"recipients: [{id: own, name: own, tlp: amber+strict}]\nfields:\n"
		"  - {field: sign, widest: green, to: [own]}\n"
		"  - {field: place, widest: amber, to: [own]}\n"
		"  - {field: asset, widest: amber, to: [own]}\n"
		"  - {field: address, widest: amber, to: [own]}\n"
		"  - {field: person, never: true}\n"
		"  - {field: technique, widest: clear, to: [own]}\n"
		"  - {field: impact, widest: green, to: [own]}\n"
		"  - {field: chain, widest: amber+strict, to: [own]}\n"
		"  - {field: step, widest: amber, to: [own]}\n"
		"  - {field: contact, widest: amber+strict, to: [own]}\n";
	static struct ward_arena texts;
	struct ward_diag diag;

	if (sharing.n_recipient)
		return;
	WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&texts, ward_mem_heap(), (size_t)8 << 20);
	WARD_ASSERT(ward_sharing_parse(WARD_STR("sharing.yml"),
			    ward_str_bytes((struct ward_str){text, sizeof(text) - 1}), &l.lim,
			    &texts, &diag, &sharing) == WARD_OK);
	ward_diag_fini(&diag);
}

static bool nowhere(void *ctx, struct ward_str id, struct ward_respond_place *ret)
{
	(void)ctx;
	(void)id;
	(void)ret;
	return false;
}

static struct ward_respond *outbox(size_t n_listener)
{
	static const struct ward_listener listener[] = {
		{.id = {"soc", 3}, .level = 2, .kinds = WARD_KINDS, .everywhere = true, .test = 1},
		{.id = {"guard", 5},
			.level = 2,
			.kinds = WARD_KINDS,
			.everywhere = true,
			.acknowledge = 300 * WARD_NS_PER_S},
		{.id = {"officer", 7},
			.acknowledge = 300 * WARD_NS_PER_S,
			.after = 2,
			.everywhere = true},
		{.id = {"director", 8}, .after = 4, .everywhere = true},
		{.id = {"others", 6},
			.kinds = WARD_KINDS,
			.everywhere = true,
			.test = 1,
			.topics = WARD_TOPICS_DATA},
		{.id = {"siren", 5},
			.kinds = WARD_KINDS,
			.level = 3,
			.everywhere = true,
			.topics = WARD_TOPICS_SIREN,
			.topic = {"a/siren", 7}},
		{.id = {"itsm", 4},
			.kinds = WARD_KINDS,
			.level = 1,
			.everywhere = true,
			.test = 1,
			.heartbeat = 300 * WARD_NS_PER_S,
			.topics = WARD_TOPICS_TICKETS},
		{.id = {"beds", 4},
			.sends = WARD_STANDARD_HAVE,
			.sender = {"w@h.example", 11},
			.every = 900 * WARD_NS_PER_S,
			.at_most_each = 300 * WARD_NS_PER_S},
		{.id = {"csirt", 5},
			.kinds = WARD_KINDS,
			.everywhere = true,
			.sends = WARD_STANDARD_CAP,
			.sender = {"w@h.example", 11}}};
	const struct ward_respond_opts o = {.mem = ward_mem_heap(),
		.lim = &l.lim,
		.hospital = WARD_STR("fuzz"),
		.hospital_name = WARD_STR("Fuzz"),
		.sharing = &sharing,
		.model = l.m,
		.listener = listener,
		.n_listener = n_listener,
		.at = nowhere};
	struct ward_respond *r;

	WARD_ASSERT(n_listener <= WARD_ARRAY_LEN(listener));
	WARD_ASSERT(ward_respond_new(&o, &r) == WARD_OK);
	return r;
}

/* The program that keeps tickets takes it. */
static void read_tickets(struct ward_str body)
{
	static const struct ward_ticket_system system;
	const struct ward_ticket_opts o = {
		.mem = ward_mem_heap(), .lim = &l.lim, .system = &system};
	struct ward_ticket *t;

	WARD_ASSERT(ward_ticket_new(&o, &t) == WARD_OK);
	WARD_ASSERT(ward_ticket_begin(t, (struct ward_id){{1}}, body) == WARD_OK);
	ward_ticket_free(t);
}

/* What each way reads of it: topics for a broker, a line for a pager, tickets. */
static void read(size_t listener, struct ward_str body)
{
	struct ward_pager_call call = {.beeps = 0};
	struct ward_publication *all;
	struct ward_arena a;
	size_t n;

	ward_arena_init(&a, ward_mem_heap(), (size_t)16 << 20);
	if (listener == TICKETS) {
		read_tickets(body);
	} else if (listener >= BEDS) {
		WARD_ASSERT(
			ward_str_find(body, listener == BEDS ? WARD_STR("<HospitalStatus ")
							     : WARD_STR("<alert ")) != SIZE_MAX);
	} else if (listener >= READERS) {
		WARD_ASSERT(ward_publications_read(body, &l.lim, &a, &all, &n) == WARD_OK && n);
	} else {
		WARD_ASSERT(ward_pager_read(body, &l.lim, &a, &call) == WARD_OK &&
			    call.text.len <= WARD_PAGER_TEXT);
		for (size_t i = 0; i < call.text.len; i++)
			WARD_ASSERT(call.text.p[i] >= ' ' && call.text.p[i] <= '~');
	}
	ward_arena_fini(&a);
}

/* All of a list has this, which is on record once. */
static void turn(struct ward_respond *r, ward_ns now, struct ward_str body, struct ward_str list,
	enum ward_sent what)
{
	const struct ward_outcome is = {.what = what, .why = "N"};
	size_t at = ward_str_find(body, list);
	struct ward_delivery d;
	struct ward_id id;

	WARD_ASSERT(at != SIZE_MAX);
	body = ward_str_sub(body, at + list.len, body.len);
	while (ward_id_parse(ward_str_sub(body, 1, WARD_ID_TEXT - 1), &id)) {
		WARD_ASSERT(ward_respond_ticket(r, TICKETS, id, &is, now, &d));
		WARD_ASSERT(ward_respond_delivery(r, &d) == WARD_OK);
		WARD_ASSERT(!ward_respond_ticket(r, TICKETS, id, &is, now, &d));
		body = ward_str_sub(body, WARD_ID_TEXT + 2, body.len);
	}
}

/* All that it looks at is closed there, and what was is open again. */
static void look(struct ward_respond *r, ward_ns now, struct ward_str body)
{
	read_tickets(body);
	turn(r, now, body, WARD_STR("\"look\":["), WARD_SENT_CLOSED);
	turn(r, now, body, WARD_STR("\"closed\":["), WARD_SENT_DELIVERED);
}

/* What is told next, as the process does it; each row comes back. */
static void go_on(struct ward_respond *r, size_t n_listener, bool told)
{
	ward_ns now = 1773283200 * WARD_NS_PER_S;
	const struct ward_outcome delivered = {.what = WARD_SENT_DELIVERED};

	for (int i = 0; i < 16; i++, now += 240 * WARD_NS_PER_S) {
		struct ward_delivery d;
		struct ward_str body;
		struct ward_id id;

		if (ward_respond_next(r, now, &d))
			WARD_ASSERT(ward_respond_delivery(r, &d) == WARD_OK);
		if (n_listener > TICKETS && ward_respond_beat(r, TICKETS, now, &id, &body))
			look(r, now, body);
		for (size_t k = 0; k < n_listener; k++) {
			if (!ward_respond_message(r, k, now, &id, &body))
				continue;
			if (told)
				read(k, body);
			if (ward_respond_said(r, k, id, &delivered, now, &d))
				WARD_ASSERT(ward_respond_delivery(r, &d) == WARD_OK);
		}
	}
}

/* What loads is saved as it was loaded. */
static void load(struct ward_slice s, size_t n_listener)
{
	struct ward_wr once = ward_wr_grow(ward_mem_heap(), (size_t)8 << 20), twice = once;
	struct ward_respond *r = outbox(n_listener), *again = outbox(n_listener);

	if (ward_respond_load(r, s) == WARD_OK && ward_respond_save(r, &once)) {
		WARD_ASSERT(ward_respond_load(again, ward_wr_slice(&once)) == WARD_OK &&
			    ward_respond_save(again, &twice) && once.len == twice.len &&
			    memcmp(once.p, twice.p, once.len) == 0);
		ward_respond_entries(r, NULL, 0);
		go_on(r, n_listener, false); /* a body may be anything */
	}
	ward_respond_free(r);
	ward_respond_free(again);
	ward_wr_fini(&once);
	ward_wr_fini(&twice);
}

/* A line each: an incident or impact, or, after '>' , a row about a message. */
static void rows(struct ward_str text)
{
	struct ward_respond *r = outbox(LISTENERS);
	bool told = true;

	ward_respond_entries(r, NULL, 0);

	for (uint32_t n = 1; text.len; n++) {
		struct ward_str line = ward_str_cut(&text, '\n');
		struct ward_delivery d = {.id = {{1}},
			.revision = n % 4 + 1,
			.time = 1773282000 * WARD_NS_PER_S,
			.json = ward_str_sub(line, 1, line.len)};

		told = told && (!line.len || line.p[0] != '>'); /* whose body may be anything */
		if (line.len && line.p[0] == '>')
			WARD_ASSERT(ward_respond_delivery(r, &d) == WARD_OK);
		else if (line.len)
			WARD_ASSERT(ward_respond_record(r, line) == WARD_OK);
	}
	go_on(r, LISTENERS, told);
	ward_respond_free(r);
}

static void oncall(struct ward_slice s)
{
	struct ward_arena a;
	struct ward_diag diag;
	struct ward_oncall o;

	ward_arena_init(&a, ward_mem_heap(), (size_t)16 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_oncall_in in = {NULL, &l.lim, &a, &diag};

	if (ward_oncall_read(&in, WARD_STR("oncall.csv"), s, &o) == WARD_OK)
		for (size_t i = 0; i < o.n; i++)
			WARD_ASSERT(o.line[i].role.len &&
				    (o.line[i].hours.days ? o.line[i].hours.minutes > 0
							  : o.line[i].from < o.line[i].until));
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);

	begin();
	switch (len ? data[0] % 4 : 0) {
	case 0:
	case 3:
		load(ward_slice_of(copy, n), len && data[0] % 4 == 3 ? LISTENERS : READERS);
		break;
	case 1:
		if (ward_utf8_valid(ward_slice_of(copy, n), NULL))
			rows((struct ward_str){(const char *)copy, n});
		break;
	default:
		oncall(ward_slice_of(copy, n));
		break;
	}
	free(copy);
	return 0;
}
