/* Whatever is decided, told and answered, in whatever order, over whatever lives and fires: no
 * system is asked for anything but after right codes of as many people as it needs, each for what
 * was shown, and for no lock while it burns. What is right is judged here once more. A first byte
 * of 'r' mixes in rows that nobody wrote: then only that it goes on counts. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "respond/act/act.h"

#include <stdio.h>

enum { ROWS = 192, ACTS = 64, ANNA = 0, BRUNO, CARLA, NOBODY, PERSONS };

static const char more[] =
	"roles: [{id: guard, name: Guard}, {id: director, name: Director}]\n"
	"rooms: [{id: or-2, name: Theatre, floor: f, class: room.theatre.hybrid, zone: z-in}]\n"
	"doors: [{id: d-3, from: or-1, to: or-2}]\n";
static const char systems[] =
	"actuators:\n  - id: sw\n    webhook: http://127.0.0.1:1/\n    secret_file: s\n    can:\n"
	"      - {id: port, does: isolate, on: [ahu-1, ahu-2], roles: engineer,\n"
	"         repeat: same-key, lasts: 30min}\n"
	"      - {id: two, does: isolate, on: [n-bms, n-deep], cuts: n-bms, persons: 2,\n"
	"         roles: [engineer, guard], repeat: never, lasts: 1h}\n"
	"  - id: doors\n    webhook: http://127.0.0.1:1/\n    secret_file: s\n    can:\n"
	"      - {id: lock, does: lock, on: d-3, roles: guard, repeat: same-key, lasts: 1h}\n"
	"      - {id: chat, does: tell, on: ahu-1, roles: guard, repeat: never}\n";
static const char *const thing[] = {"ahu-1", "ahu-2", "n-bms", "n-deep", "d-3", "d-1", "none", ""};
static const char *const role[] = {"engineer", "guard", "director", "none"};
static const char *const person_id[PERSONS] = {"anna", "bruno", "carla", "nobody"};

static struct lab l; /* loaded once: they only answer */
static struct ward_actuators table;
static struct ward_act_person person[PERSONS];

/* What this file itself knows of an action. */
struct known {
	struct ward_id id;
	char shown[65];
	bool clinical, two, lock, begun;
	unsigned approved; /* a bit for each person whose right code was taken */
	bool no_patient;
};

struct world {
	struct ward_act *a;
	struct ward_act_row row[ROWS];
	size_t n_row;
	struct known act[ACTS];
	size_t n_act;
	struct ward_id taken[ROWS]; /* decisions that were */
	size_t n_taken;
	uint64_t last[PERSONS];
	struct ward_arena arena; /* of rows */
	ward_ns now;
	uint32_t n;
	bool burns, forged;
};

static enum ward_err effect(void *ctx, const struct ward_ability *y, struct ward_act_thing on,
	struct ward_act_effect *ret)
{
	(void)ctx;
	(void)y;
	*ret = (struct ward_act_effect){
		on.node == ward_model_find(l.m, WARD_STR("n-deep")), WARD_STR("{\"services\":[]}")};
	return WARD_OK;
}

static bool answers(void *ctx, uint32_t node)
{
	(void)ctx;
	return node == ward_model_find(l.m, WARD_STR("director"));
}

static void nonce(void *ctx, uint8_t ret[16])
{
	memset(ret, (int)((struct world *)ctx)->n, 16);
}

static void once(void)
{
	const struct ward_escape plan = {.known = true};

	WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", more) == WARD_OK);
	const struct ward_actuators_in in = {l.m, &plan, &l.lim, ward_mem_heap(), &l.d};

	WARD_ASSERT(ward_actuators_read(&in, WARD_STR("actuators.yml"),
			    ward_str_bytes(ward_str_z(systems)), &table) == WARD_OK);
	for (size_t i = 0; i < PERSONS; i++) {
		person[i] = (struct ward_act_person){.id = ward_str_z(person_id[i])};
		if (i == NOBODY)
			continue;
		person[i].role[person[i].n_role++] = lab_node(&l, role[i]);
		person[i].len_secret = WARD_TOTP_SECRET;
		memset(person[i].secret, (int)i + 1, WARD_TOTP_SECRET);
	}
}

static void life(struct world *w)
{
	const struct ward_act_opts o = {.mem = ward_mem_heap(),
		.lim = &l.lim,
		.m = l.m,
		.table = &table,
		.person = person,
		.n_person = PERSONS,
		.effect = effect,
		.answers = answers,
		.nonce = nonce,
		.ctx = w};

	ward_act_free(w->a);
	WARD_ASSERT(ward_act_new(&o, &w->a) == WARD_OK);
	for (size_t i = 0; i < w->n_row; i++)
		WARD_ASSERT(ward_act_take(w->a, &w->row[i]) == WARD_OK);
	ward_act_fire(w->a, w->burns);
}

static struct known *find(struct world *w, struct ward_id id)
{
	for (size_t i = 0; i < w->n_act; i++)
		if (ward_id_eq(w->act[i].id, id))
			return &w->act[i];
	return NULL;
}

static bool says(struct ward_str json, const char *what)
{
	return ward_str_find(json, ward_str_z(what)) != SIZE_MAX;
}

/* False: no more rows fit, and the run is over. */
static bool keep(struct world *w, const struct ward_act_row *row)
{
	struct ward_act_row *to = &w->row[w->n_row];

	if (w->n_row == ROWS)
		return false;
	struct known *k = find(w, row->id);

	if (k && says(row->json, "\"event\":\"begin\""))
		k->begun = true; /* from here on it may have been done, whoever heard of it */
	*to = *row;
	to->json = ward_arena_str(&w->arena, row->json);
	WARD_ASSERT(to->json.p && ward_utf8_valid(ward_str_bytes(to->json), NULL));
	w->n_row++;
	WARD_ASSERT(ward_act_take(w->a, to) == WARD_OK);
	return true;
}

static void on_proposed(struct world *w, const struct ward_act_row *row)
{
	size_t at = ward_str_find(row->json, WARD_STR("\"shown\":\""));

	WARD_ASSERT(at != SIZE_MAX);
	if (w->n_act == ACTS || find(w, row->id))
		return;
	struct known *k = &w->act[w->n_act++];

	*k = (struct known){.id = row->id,
		.clinical = says(row->json, "\"clinical\":true"),
		.two = says(row->json, "\"two_persons\":true"),
		.lock = says(row->json, "\"does\":\"lock\",\"thing\"")};
	memcpy(k->shown, row->json.p + at + strlen("\"shown\":\""), 64);
}

/* ---- what is right, once more ---- */

static size_t who_is(struct ward_str id)
{
	size_t i = 0;

	while (i < PERSONS && !ward_str_eqz(id, person_id[i]))
		i++;
	return i;
}

/* The step of the code, or 0: it is none that is good now. */
static uint64_t good_step(const struct world *w, size_t who, struct ward_str code)
{
	uint64_t at = (uint64_t)(w->now / WARD_NS_PER_S) / 30, good = 0;

	for (uint64_t s = at - 1; s <= at + 1; s++) {
		char text[16];
		uint32_t n;

		WARD_ASSERT(ward_totp(ward_slice_of(person[who].secret, WARD_TOTP_SECRET), s, &n) ==
			    WARD_OK);
		(void)snprintf(text, sizeof(text), "%06u", (unsigned)n);
		if (ward_str_eqz(code, text) && s > w->last[who])
			good = s;
	}
	return good;
}

/* What was decided was taken: by a person, in a role of theirs, with a code of now, of what was
 * shown. */
static void check_taken(struct world *w, const struct ward_decision *d, bool by_person)
{
	size_t who = who_is(d->person);
	struct ward_id id;

	WARD_ASSERT(by_person && who < NOBODY && ward_str_eqz(d->role, role[who]));
	WARD_ASSERT(ward_id_parse(d->subject, &id));
	struct known *k = find(w, id);

	WARD_ASSERT(k);
	if (d->kind == WARD_DECISION_REFUSE)
		return;
	uint64_t step = good_step(w, who, d->proof);

	WARD_ASSERT(step && says(d->args, k->shown));
	w->last[who] = step;
	if (d->kind == WARD_DECISION_APPROVE)
		k->approved |= 1u << who;
	if (d->kind == WARD_DECISION_NO_PATIENT) {
		WARD_ASSERT(who == CARLA);
		k->no_patient = true;
	}
}

static bool was_taken(const struct world *w, struct ward_id decision)
{
	for (size_t i = 0; i < w->n_taken; i++)
		if (ward_id_eq(w->taken[i], decision))
			return true;
	return false;
}

static bool decide(struct world *w, const struct ward_decision *d, bool by_person)
{
	struct ward_act_row row;
	struct ward_decided said = {.err = WARD_ERR_N};
	bool keeps = ward_act_decide(w->a, d, by_person, w->now, &row, &said);

	WARD_ASSERT((unsigned)said.err < WARD_ERR_N);
	if (!keeps && !said.err && !said.why.len) {
		/* said again: answered as then, and nothing comes of it */
		WARD_ASSERT(said.json.len && (w->forged || was_taken(w, d->id)));
		return true;
	}
	if (keeps && !said.err && w->n_taken < ROWS)
		w->taken[w->n_taken++] = d->id;
	if (keeps && d->kind == WARD_DECISION_PROPOSE)
		on_proposed(w, &row);
	else if (!said.err && !w->forged && d->kind != WARD_DECISION_PROPOSE)
		check_taken(w, d, by_person);
	return !keeps || keep(w, &row);
}

/* ---- what the system is asked ---- */

static void check_request(struct world *w, struct ward_str body)
{
	size_t at = ward_str_find(body, WARD_STR("\"action\":\""));
	struct ward_id id;

	WARD_ASSERT(at != SIZE_MAX && at + 10 + WARD_ID_TEXT < body.len);
	WARD_ASSERT(ward_id_parse(ward_str_sub(body, at + 10, WARD_ID_TEXT - 1), &id));
	bool undo = says(body, "\"undo\":true");

	WARD_ASSERT(undo || !w->burns || !says(body, "\"does\":\"lock\""));
	if (w->forged)
		return;
	struct known *k = find(w, id);

	WARD_ASSERT(k);
	WARD_ASSERT(__builtin_popcount(k->approved) >= (k->two ? 2 : 1));
	WARD_ASSERT(!k->clinical || (k->no_patient && (k->approved >> CARLA & 1)));
	WARD_ASSERT(k->begun);
}

static bool ask(struct world *w, struct ward_rd *r)
{
	size_t k = ward_rd_u8(r) % WARD_ACTUATORS_MAX;
	unsigned how = ward_rd_u8(r);
	struct ward_outcome o = {.what = (enum ward_sent)(how % 4 + 1)};
	struct ward_act_row row;
	struct ward_str body;
	struct ward_id id = {{(uint8_t)how}};

	if (ward_act_request(w->a, k, w->now, &id, &body))
		check_request(w, body);
	if (how & 64)
		ward_act_lost(w->a, k);
	if (how & 32 || !ward_act_said(w->a, k, id, &o, w->now, &row))
		return true;
	return keep(w, &row);
}

/* ---- what comes ---- */

/* Bytes as they come. */
static bool say_raw(struct world *w, struct ward_rd *r)
{
	bool by_person = ward_rd_u8(r) & 1;
	struct ward_rd of = ward_rd_slice(ward_rd_lv(r, 4096));
	struct ward_decision d;

	return ward_decision_get(&of, &d) != WARD_OK || decide(w, &d, by_person);
}

static bool propose(struct world *w, struct ward_rd *r)
{
	unsigned what = ward_rd_u8(r), how = ward_rd_u8(r);
	static const char *const args[] = {"{\"does\":\"isolate\"}", "{\"does\":\"lock\"}",
		"{\"ability\":\"sw/two\"}", "{\"ability\":\"doors/chat\"}"};
	struct ward_decision d = {.kind = WARD_DECISION_PROPOSE,
		.person = ward_str_z(person_id[how / 8 % PERSONS]),
		.role = ward_str_z(role[how / 32 % 4]),
		.subject = ward_str_z(thing[what % WARD_ARRAY_LEN(thing)]),
		.args = ward_str_z(args[how % 4])};

	w->n++;
	memcpy(d.id.b, &w->n, sizeof(w->n));
	return decide(w, &d, how & 4);
}

/* Nearly right, or right. */
static bool say(struct world *w, struct ward_rd *r)
{
	unsigned kind = ward_rd_u8(r), who = ward_rd_u8(r), how = ward_rd_u8(r), of = ward_rd_u8(r);
	char id[WARD_ID_TEXT] = "x", args[128] = "{}", code[16] = "000000";
	const struct ward_act_person *p = &person[who % PERSONS];
	uint64_t step = (uint64_t)(w->now / WARD_NS_PER_S) / 30 + how % 4 - 1;
	uint32_t n;

	if (w->n_act) {
		const struct known *k = &w->act[of % w->n_act];

		ward_id_text(k->id, id);
		(void)snprintf(args, sizeof(args), "{\"shown\":\"%s\"}",
			how & 8 ? w->act[0].shown : k->shown);
	}
	if (!(how & 16) && ward_totp(ward_slice_of(p->secret, p->len_secret), step, &n) == WARD_OK)
		(void)snprintf(code, sizeof(code), "%06u", (unsigned)n);
	struct ward_decision d = {
		.kind = (enum ward_decision_kind)(
			WARD_DECISION_APPROVE + kind % (WARD_DECISION_N - WARD_DECISION_APPROVE)),
		.id = {{(uint8_t)kind, (uint8_t)how}},
		.person = p->id,
		.role = ward_str_z(role[who / 4 % 4]),
		.subject = ward_str_z(id),
		.args = ward_str_z(args),
		.proof = ward_str_z(code)};

	return decide(w, &d, !(how & 32));
}

static bool go_on(struct world *w)
{
	struct ward_act_row row;

	while (ward_act_next(w->a, w->now, &row))
		if (!keep(w, &row))
			return false;
	return true;
}

static bool forge(struct world *w, struct ward_rd *r)
{
	struct ward_slice s;
	struct ward_act_row row = {.revision = ward_rd_u8(r), .time = w->now};

	if (w->n_act)
		row.id = w->act[ward_rd_u8(r) % w->n_act].id;
	s = ward_rd_lv(r, 4096);
	row.json = ward_slice_text(s);
	return ward_rd_bad(r) || !w->forged || !ward_utf8_valid(s, NULL) || keep(w, &row);
}

static bool step(struct world *w, struct ward_rd *r)
{
	switch (ward_rd_u8(r) % 9) {
	case 0:
		return propose(w, r);
	case 1:
		return say(w, r);
	case 2:
		return say_raw(w, r);
	case 3:
		w->now += (ward_ns)ward_rd_u8(r) * 15 * WARD_NS_PER_S;
		return true;
	case 4:
		return ask(w, r);
	case 5:
		life(w);
		return true;
	case 6:
		w->burns = ward_rd_u8(r) & 1;
		ward_act_fire(w->a, w->burns);
		return true;
	case 7:
		return forge(w, r);
	default:
		return go_on(w);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	struct world *w = calloc(1, sizeof(*w));

	WARD_ASSERT(w);
	if (!l.m)
		once();
	ward_arena_init(&w->arena, ward_mem_heap(), (size_t)16 << 20);
	w->now = (ward_ns)1773283200 * WARD_NS_PER_S;
	w->forged = ward_rd_u8(&r) == 'r';
	life(w);
	while (ward_rd_left(&r) && step(w, &r))
		;
	ward_act_free(w->a);
	ward_arena_fini(&w->arena);
	free(w);
	free(copy);
	return 0;
}
