/* All runs as a function of rows: killed before and after each row is kept, who reads the rows
 * again has the same runs, the same open requests and goes the same way; and who may answer what.
 */
#include "driven.h"

#include "respond/playbook/about.h"

/* What is open, and how each run stands, as a text. */
static void print(const struct ward_drive *d, struct ward_wr *w)
{
	for (size_t i = 0; i < ward_drive_n(d); i++) {
		struct ward_drive_run r;
		struct ward_run_request q;

		ward_drive_at(d, i, &r);
		ward_wr_printf(w, "%zu %s %d\n", i, ward_run_outcome_name(r.outcome), r.lost);
		for (size_t k = 0; r.run && ward_run_open(r.run, k, &q); k++) {
			ward_id_write(w, q.id);
			ward_wr_printf(w, " %.*s %lld\n", WARD_STR_ARG(q.role), (long long)q.due);
		}
	}
}

/* Another life, from the rows alone: it is as the one before. */
static void killed(struct bench *b, bool same)
{
	struct ward_drive *d = fresh(b);
	struct ward_wr was = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_wr is = ward_wr_grow(ward_mem_heap(), 1 << 20);

	for (size_t i = 0; i < b->n; i++)
		assert_int_equal(ward_drive_take(d, &b->kept[i].row), WARD_OK);
	print(b->d, &was);
	print(d, &is);
	if (same)
		assert_true(ward_str_eq(ward_wr_text(&was), ward_wr_text(&is)));
	ward_wr_fini(&was);
	ward_wr_fini(&is);
	ward_drive_free(b->d);
	b->d = d;
}

static bool start(struct bench *b, const struct ward_playbook *p, ward_ns now)
{
	char id[256];
	struct ward_drive_row row;
	struct ward_decided said;

	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(p->id));
	struct ward_decision of = decision(b, WARD_DECISION_START, id);

	of.args = WARD_STR("{\"incident\":\"5f0c7d7e-0000-8000-8000-000000000000\"}");
	if (!ward_drive_decide(b->d, &of, now, &row, &said))
		return false;
	keep(b, &row);
	return true;
}

/* Somebody of the right role answers the first open request, well or not. False: none is open. */
static bool somebody(struct bench *b, uint64_t choice, ward_ns now, bool dies_before)
{
	struct ward_drive_run r;
	struct ward_run_request q;
	struct ward_drive_row row;
	struct ward_decided said;
	char id[WARD_ID_TEXT];

	for (size_t i = 0; i < ward_drive_n(b->d); i++) {
		ward_drive_at(b->d, i, &r);
		if (!r.run || !ward_run_open(r.run, 0, &q))
			continue;
		ward_id_text(q.id, id);
		struct ward_decision of =
			decision(b, choice % 4 ? WARD_DECISION_DONE : WARD_DECISION_FAILED, id);

		of.role = q.role.len ? q.role : of.role;
		if (!ward_drive_decide(b->d, &of, now, &row, &said)) {
			of.kind = WARD_DECISION_FAILED; /* a value was asked for */
			assert_true(ward_drive_decide(b->d, &of, now, &row, &said));
		}
		if (dies_before) /* its row was not kept: it is asked again */
			killed(b, false);
		else
			keep(b, &row);
		return true;
	}
	return false;
}

static void cancel(struct bench *b, ward_ns now)
{
	struct ward_drive_run r;
	struct ward_drive_row row;
	struct ward_decided said;
	char id[WARD_ID_TEXT];

	ward_drive_at(b->d, 0, &r);
	ward_id_text(r.id, id);
	struct ward_decision of = decision(b, WARD_DECISION_CANCEL, id);

	if (ward_drive_decide(b->d, &of, now, &row, &said))
		keep(b, &row);
}

static void every_playbook_killed_everywhere(void **state)
{
	struct bench *b = *state;
	size_t n_rows = 0, n_killed = 0, n_done = 0;

	for (size_t p = 0; p < b->l.all.n; p++)
		for (uint64_t seed = 1; seed <= 2; seed++) {
			ward_ns now = noon;
			struct ward_drive_run r;
			struct ward_drive_row row;

			ward_drive_free(b->d);
			forget_rows(b);
			b->d = fresh(b);
			if (!start(b, b->item[p], now))
				continue;
			for (uint64_t i = 0; i < 400; i++) {
				uint64_t choice = seed * 1000003 + i * 7919;
				ward_ns due = ward_drive_due(b->d);

				if (i < 30 || choice % 16 == 0) {
					killed(b, true);
					n_killed++;
				}
				if (i == 120) /* it may go round for days */
					cancel(b, now);
				ward_drive_at(b->d, 0, &r);
				assert_false(r.lost);
				if (!r.run)
					break;
				if (ward_drive_next(b->d, now, &row)) {
					if (choice % 3 == 0)
						killed(b, false); /* before it is kept */
					else
						keep(b, &row);
				} else if (!somebody(b, choice / 7, now, choice % 5 == 0)) {
					assert_true(due > now && due < WARD_NS_NEVER);
					now = due;
				}
			}
			ward_drive_at(b->d, 0, &r);
			assert_true(r.outcome != WARD_RUN_OPEN);
			n_rows += b->n;
			n_done++;
		}
	print_message("%zu runs, %zu rows, %zu lives\n", n_done, n_rows, n_killed);
	assert_true(n_done >= 30 && n_killed > 300);
}

static void only_who_is_asked_answers(void **state)
{
	struct bench *b = *state;
	struct ward_drive_run r;
	struct ward_run_request q = {.due = 0};
	struct ward_drive_row row;
	struct ward_decided said;
	char id[WARD_ID_TEXT];
	bool found = false;

	for (size_t p = 2; p < b->l.all.n && !found; p++) {
		if (!start(b, b->item[p], noon))
			continue;
		while (ward_drive_next(b->d, noon, &row))
			keep(b, &row);
		ward_drive_at(b->d, ward_drive_n(b->d) - 1, &r);
		found = r.run && ward_run_open(r.run, 0, &q) && q.role.len;
	}
	assert_true(found);
	ward_id_text(q.id, id);
	struct ward_decision of = decision(b, WARD_DECISION_DONE, id);

	of.role = WARD_STR("another-role");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_DENIED);
	of = decision(b, WARD_DECISION_DONE, "5f0c7d7e-0000-8000-8000-000000000000");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_NOT_FOUND);
	of = decision(b, WARD_DECISION_APPROVE, id);
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	of = decision(b, WARD_DECISION_START, "playbook--none");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_NOT_FOUND);
	of = decision(b, WARD_DECISION_CANCEL, id);
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	of.args = WARD_STR("{");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_CONFIG);
	ward_drive_at(b->d, ward_drive_n(b->d) - 1, &r);
	ward_id_text(r.id, id);
	of = decision(b, WARD_DECISION_CANCEL, id);
	of.role = WARD_STR("cleaner");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_DENIED);
	of.role = WARD_STR("security-guard");
	assert_true(ward_drive_decide(b->d, &of, noon, &row, &said));
	keep(b, &row);
	while (ward_drive_next(b->d, noon, &row))
		keep(b, &row);
	killed(b, true);
	ward_drive_at(b->d, ward_drive_n(b->d) - 1, &r);
	assert_int_equal(r.outcome, WARD_RUN_STOPPED);
}

static void rows_that_are_none_are_left(void **state)
{
	struct bench *b = *state;
	static const char *const bad[] = {"", "{", "[]", "{\"cause\":\"begin\"}",
		"{\"cause\":\"next\",\"time\":\"2026-01-01T00:00:00Z\"}",
		"{\"cause\":\"begin\",\"time\":\"2026-01-01T00:00:00Z\",\"hash\":\"00\"}"};
	struct ward_drive_run r;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_drive_row row = {{{(uint8_t)i}}, 1, noon, ward_str_z(bad[i])};

		assert_int_equal(ward_drive_take(b->d, &row), WARD_OK);
	}
	assert_int_equal(ward_drive_n(b->d), 0);
	/* of a playbook that is another now */
	char text[256], hash[65];

	memset(hash, 'a', 64);
	hash[64] = 0;
	(void)snprintf(text, sizeof(text),
		"{\"cause\":\"begin\",\"begun\":\"2026-01-01T00:00:00Z\",\"hash\":\"%s\"}", hash);
	struct ward_drive_row row = {{{9}}, 1, noon, ward_str_z(text)};

	assert_int_equal(ward_drive_take(b->d, &row), WARD_OK);
	ward_drive_at(b->d, 0, &r);
	assert_true(r.lost);
	assert_false(ward_drive_next(b->d, noon, &row));
}

static size_t n_open(const struct ward_drive *d)
{
	struct ward_drive_run r;
	struct ward_run_request q;
	size_t n = 0;

	for (size_t i = 0; i < ward_drive_n(d); i++) {
		ward_drive_at(d, i, &r);
		for (size_t k = 0; r.run && ward_run_open(r.run, k, &q); k++)
			n++;
	}
	return n;
}

static void the_last_row_is_enough_though_the_hospital_was_edited(void **state)
{
	struct bench *b = *state;
	struct ward_drive *d = fresh(b);
	struct ward_drive_row row;
	size_t p = 2;

	while (p < b->l.all.n && !start(b, b->item[p], noon))
		p++;
	assert_true(p < b->l.all.n);
	while (ward_drive_next(b->d, noon, &row))
		keep(b, &row);
	assert_true(n_open(b->d) > 0);
	b->item[p]->sound = false; /* it names a role that is gone */
	assert_int_equal(ward_drive_take(d, &b->kept[b->n - 1].row), WARD_OK);
	assert_int_equal(n_open(d), n_open(b->d));
	ward_drive_free(d);
}

static void a_start_said_again_is_one_run(void **state)
{
	struct bench *b = *state;
	struct ward_drive_row row;
	struct ward_decided said;
	char id[256];
	size_t p = 2;

	while (p < b->l.all.n && !start(b, b->item[p], noon))
		p++;
	assert_true(p < b->l.all.n);
	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(b->item[p]->id));
	b->n_decision--;
	struct ward_decision of = decision(b, WARD_DECISION_START, id);

	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_OK);
	assert_int_equal(ward_drive_n(b->d), 1);
}

static void a_start_too_long_to_keep_leaves_nothing(void **state)
{
	struct bench *b = *state;
	struct ward_drive_row row;
	struct ward_decided said;
	static char args[64 << 10];
	struct ward_wr w = ward_wr_fixed(args, sizeof(args));
	char id[256];
	size_t p = 2;

	while (p < b->l.all.n && !b->item[p]->sound)
		p++;
	assert_true(p < b->l.all.n);
	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(b->item[p]->id));
	ward_wr_printf(&w, "{\"__x__\":\"");
	for (int i = 0; i < 32000; i++)
		ward_wr_printf(&w, "\\b"); /* written as six */
	ward_wr_printf(&w, "\"}");
	struct ward_decision of = decision(b, WARD_DECISION_START, id);

	of.args = ward_wr_text(&w);
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_LIMIT);
	assert_int_equal(ward_drive_n(b->d), 0);
	assert_false(ward_drive_next(b->d, noon, &row));
}

/* What the first row of a run of that playbook has, begun for the incident. */
static bool begun_about(struct bench *b, const char *file, const char *given, const char *expected)
{
	const struct ward_playbook *p = called(b, file);
	char id[256], args[512];
	struct ward_drive_row row;
	struct ward_decided said;

	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(p->id));
	(void)snprintf(args, sizeof(args),
		"{\"incident\":\"5f0c7d7e-0000-8000-8000-000000000000\"%s}", given);
	struct ward_decision of = decision(b, WARD_DECISION_START, id);

	of.args = ward_str_z(args);
	assert_true(ward_drive_decide(b->d, &of, noon, &row, &said));
	keep(b, &row);
	return ward_str_find(row.json, ward_str_z(expected)) != SIZE_MAX;
}

/* ---- steps that act ---- */

static struct ward_drive *acting(struct bench *b)
{
	const struct ward_drive_opts o = {.all = &b->l.all,
		.n_now = b->l.all.n,
		.m = b->m,
		.lim = &b->l.lim,
		.mem = ward_mem_heap(),
		.acts = true};
	struct ward_drive *d = NULL;

	assert_int_equal(ward_drive_new(&o, &d), WARD_OK);
	for (size_t i = 0; i < b->n; i++)
		assert_int_equal(ward_drive_take(d, &b->kept[i].row), WARD_OK);
	return d;
}

static void add(struct bench *b, const char *file)
{
	const struct ward_playbook_world world = {.others = &b->l.all};
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/tests/unit/respond/playbook/%s",
		getenv("WARD_SOURCE_ROOT"), file);
	assert_int_equal(
		ward_playbook_file(path, &b->l.lim, ward_mem_heap(), &b->l.d, &b->item[b->l.all.n]),
		WARD_OK);
	b->l.all.n++;
	assert_int_equal(ward_playbook_check(b->item[b->l.all.n - 1], &world, &b->l.d), WARD_OK);
}

static void next_all(struct bench *b)
{
	struct ward_drive_row row;

	while (ward_drive_next(b->d, noon, &row))
		keep(b, &row);
}

/* The run asks whoever is on call for that. */
static void asks_for(struct bench *b, const char *what)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_run_request q;
	struct ward_drive_run r;

	next_all(b);
	ward_drive_at(b->d, 0, &r);
	assert_true(r.run && ward_run_open(r.run, 0, &q) && q.ask == WARD_RUN_ASK_ROLE);
	ward_run_say(r.run, &q, NULL, &w);
	assert_true(ward_str_find(ward_wr_text(&w), ward_str_z(what)) != SIZE_MAX);
	ward_wr_fini(&w);
}

static void begin_acting(
	struct bench *b, const char *file, const char *asset, struct ward_decision *wish)
{
	char id[256], args[256];
	struct ward_drive_row row;
	struct ward_decided said;

	ward_drive_free(b->d);
	forget_rows(b);
	b->d = acting(b);
	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(called(b, file)->id));
	(void)snprintf(args, sizeof(args), "{\"__asset__\":\"%s\"}", asset);
	struct ward_decision of = decision(b, WARD_DECISION_START, id);

	of.args = ward_str_z(args);
	assert_true(ward_drive_decide(b->d, &of, noon, &row, &said));
	keep(b, &row);
	next_all(b);
	if (wish)
		assert_true(ward_drive_wish(b->d, wish));
}

static void begin_isolate(struct bench *b, const char *asset, struct ward_decision *wish)
{
	begin_acting(b, "isolate.json", asset, wish);
}

/* The row of `act` about what was proposed. */
static void action(struct bench *b, struct ward_id request, const char *state)
{
	struct ward_idgen g;
	char json[128];

	ward_idgen_init(&g, "ward action");
	ward_idgen_id(&g, request);
	(void)snprintf(json, sizeof(json), "{\"kind\":\"action\",\"state\":\"%s\"}", state);
	const struct ward_drive_row row = {ward_idgen_final(&g), 1, noon, ward_str_z(json)};

	assert_int_equal(ward_drive_action(b->d, &row), WARD_OK);
}

static void what_acts_is_proposed(void **state)
{
	static const struct {
		const char *state, *asks;
	} became[] = {{"done", "It is off the network"}, {"refused", "Pull the network cable"},
		{"expired", "Pull the network cable"}, {"in-doubt", "Pull the network cable"}};
	struct bench *b = *state;
	struct ward_decision wish, again;

	load_turin(b);
	add(b, "isolate.json");
	for (size_t i = 0; i < WARD_ARRAY_LEN(became); i++) {
		begin_isolate(b, "ws-a0-office-1", &wish);
		struct ward_id request = wish.id;

		assert_int_equal(wish.kind, WARD_DECISION_PROPOSE);
		assert_true(ward_str_eqz(wish.subject, "ws-a0-office-1"));
		assert_true(ward_str_find(wish.args, WARD_STR("\"does\":\"isolate\"")) != SIZE_MAX);
		/* killed: it is proposed again, as the same */
		ward_drive_free(b->d);
		b->d = acting(b);
		assert_true(ward_drive_wish(b->d, &again));
		assert_true(ward_id_eq(again.id, request));
		action(b, request, "proposed");
		assert_false(ward_drive_wish(b->d, &again)); /* it is with them */
		next_all(b);
		action(b, request, became[i].state);
		asks_for(b, became[i].asks);
		assert_false(ward_drive_wish(b->d, &again));
	}
	/* by the name that people know it by; not taken */
	begin_isolate(b, "Workstation Office 1 A0", &wish);
	const struct ward_decided no = {
		.err = WARD_ERR_DENIED, .why = WARD_STR("not on that"), .json = WARD_STR("")};

	assert_true(ward_str_eqz(wish.subject, "ws-a0-office-1"));
	assert_int_equal(ward_drive_proposed(b->d, wish.id, &no), WARD_OK);
	asks_for(b, "Pull the network cable");
	size_t n_said = 0;

	for (size_t i = 0; i < b->n; i++)
		n_said += ward_str_find(b->kept[i].row.json, WARD_STR("not on that")) != SIZE_MAX;
	assert_int_equal(n_said, 1); /* why, on the ledger */
	/* of what is no one thing nothing is proposed, nor where nobody acts */
	begin_isolate(b, "some workstation", NULL);
	assert_false(ward_drive_wish(b->d, &wish));
	asks_for(b, "Pull the network cable");
	ward_drive_free(b->d);
	b->d = fresh(b);
	assert_int_equal(ward_drive_take(b->d, &b->kept[0].row), WARD_OK);
	assert_false(ward_drive_wish(b->d, &wish));
	asks_for(b, "Pull the network cable");
}

/* What the person who has the run's one request says of it. */
static void done(struct bench *b, enum ward_decision_kind kind)
{
	struct ward_run_request q;
	struct ward_drive_run r;
	struct ward_drive_row row;
	struct ward_decided said;
	char id[WARD_ID_TEXT];

	ward_drive_at(b->d, 0, &r);
	assert_true(r.run && ward_run_open(r.run, 0, &q));
	ward_id_text(q.id, id);
	struct ward_decision of = decision(b, kind, id);

	of.role = WARD_STR("it-on-call");
	if (!ward_drive_decide(b->d, &of, noon, &row, &said))
		fail_msg("%.*s", WARD_STR_ARG(said.why));
	keep(b, &row);
}

static bool on_record(const struct bench *b, const char *what)
{
	for (size_t i = 0; i < b->n; i++)
		if (ward_str_find(b->kept[i].row.json, ward_str_z(what)) != SIZE_MAX)
			return true;
	return false;
}

/* A command that acts is proposed as it will be held against actuators.yml; where no system may do
 * it, or none is known to, a person is asked to, and the run goes on by what that person says. */
static void commands_are_proposed(void **state)
{
	const struct ward_decided no = {.err = WARD_ERR_NOT_FOUND,
		.why = WARD_STR("no system of actuators.yml can do that to it"),
		.json = WARD_STR("")};
	static const char http[] =
		"{\"command\":\"http-api\",\"call\":\"POST /v1/quarantine/ws-a0-office-1 "
		"HTTP/1.1\",\"content\":\"{\\\"device\\\": \\\"ws-a0-office-1\\\"}\",\"headers\":"
		"[\"Content-Type: application/json\"],\"systems\":[\"Switch API\"],"
		"\"until\":";
	struct bench *b = *state;
	struct ward_decision wish;

	load_turin(b);
	add(b, "calls.json");
	begin_acting(b, "calls.json", "Workstation Office 1 A0", &wish);
	assert_true(ward_str_eqz(wish.subject, "ws-a0-office-1"));
	assert_true(ward_str_starts(wish.args, ward_str_z(http)));
	/* done by the system: then the next is proposed, which no system may do */
	action(b, wish.id, "done");
	next_all(b);
	assert_true(ward_drive_wish(b->d, &wish));
	assert_true(ward_str_find(wish.args, WARD_STR("\"command\":\"openc2-http\"")) != SIZE_MAX);
	assert_int_equal(ward_drive_proposed(b->d, wish.id, &no), WARD_OK);
	asks_for(b,
		"No system of actuators.yml may do this: do it by hand (openc2-http, Endpoints): "
		"POST /.well-known/openc2\n{\"action\":\"contain\",\"target\":{\"device\":"
		"{\"device_id\":\"Workstation Office 1 A0\"}}}");
	assert_true(on_record(b, "\"what\":\"by-hand\""));
	assert_true(on_record(b, "\"by_hand\":\"Endpoints\""));
	assert_true(on_record(b, "no system of actuators.yml can do that to it"));
	assert_false(ward_drive_wish(b->d, &wish)); /* it is with that person */
	/* killed: it is asked of the same still */
	ward_drive_free(b->d);
	b->d = acting(b);
	asks_for(b, "do it by hand");
	done(b, WARD_DECISION_DONE);
	next_all(b);
	assert_true(ward_drive_wish(b->d, &wish));
	assert_true(ward_str_find(wish.args, WARD_STR("\"call\":\"ward-off ws-a0-office-1\"")) !=
		    SIZE_MAX);
	/* people refused it: nobody is asked to do it all the same */
	action(b, wish.id, "refused");
	asks_for(b, "Pull the network cable");
	/* a value that would be more than a word is in no command, nor is what nothing is known of
	 */
	static const char *const odd[] = {"some workstation", "ws-a0-office-1; reboot", ""};

	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++) {
		begin_acting(b, "calls.json", odd[i], NULL);
		assert_false(ward_drive_wish(b->d, &wish));
		asks_for(b, "do it by hand (http-api, Switch API): POST /v1/quarantine/");
	}
	done(b, WARD_DECISION_FAILED); /* it can't be done by hand either */
	asks_for(b, "Pull the network cable");
	/* nobody acts here */
	begin_acting(b, "calls.json", "ws-a0-office-1", &wish);
	ward_drive_free(b->d);
	b->d = fresh(b);
	assert_int_equal(ward_drive_take(b->d, &b->kept[0].row), WARD_OK);
	asks_for(b, "do it by hand (http-api, Switch API): POST /v1/quarantine/");
}

static void a_run_is_about_its_incident(void **state)
{
	struct bench *b = *state;
	struct ward_decided said;
	struct ward_drive_row row;

	load_turin(b);
	ward_drive_free(b->d);
	b->d = fresh(b);
	/* the network is surer, and at no place; the plant is broken into */
	assert_true(begun_about(b, "intrusion-technical-room.json", "",
		"\"values\":{\"__place__\":\"Plant room A\"}"));
	assert_true(begun_about(
		b, "bms-takeover.json", "", "\"values\":{\"__place__\":\"Plant room A\"}"));
	/* what somebody gives counts; what is not declared is not given */
	assert_true(begun_about(b, "bms-takeover.json", ",\"__place__\":\"the roof\"",
		"\"values\":{\"__place__\":\"the roof\"}"));
	assert_false(begun_about(b, "ehr-down.json", "", "\"values\""));
	/* none of its threats: the device that is threatened most */
	assert_true(begun_about(b, "camera-loss.json", "",
		"\"__asset__\":\"Air-handling unit 05 (theatres 1 to 4)\""));
	struct ward_decision of = decision(b, WARD_DECISION_START, "");

	of.subject = called(b, "ehr-down.json")->id;
	of.args = WARD_STR("{\"incident\":\"5f0c7d7e-0000-8000-8000-000000000001\"}");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_NOT_FOUND);
}

/* Which of two playbooks answers better, by the codes that each is made for. */
static void the_playbook_that_fits_best_is_the_first(void **state)
{
	struct ward_str acts[] = {WARD_STR("bms.command"), WARD_STR("bms.parameter"),
		WARD_STR("bms.reprogram"), WARD_STR("env.pressure")};
	struct ward_str entry[] = {WARD_STR("net.lateral-movement+bms.reprogram"),
		WARD_STR("net.lateral-movement+bms.command")};
	struct ward_str files[] = {WARD_STR("malware.ransomware"), WARD_STR("net.lateral-movement"),
		WARD_STR("data.destruction")};
	struct ward_str late[] = {WARD_STR("data.destruction"), WARD_STR("malware.ransomware"),
		WARD_STR("net.lateral-movement")};
	struct ward_str rare[] = {WARD_STR("env.flood")};
	struct ward_about_threat seen[] = {
		{WARD_STR("pump-1"), WARD_STR("net.lateral-movement"), 950000},
		{WARD_STR("pump-1"), WARD_STR("bms.command"), 950000},
		{WARD_STR("pump-2"), WARD_STR("bms.command"), 950000},
		{WARD_STR("pump-1"), WARD_STR("bms.parameter"), 950000},
		{WARD_STR("gallery"), WARD_STR("env.flood"), 949999},
	};
	const struct ward_about about = {.threat = seen, .n_threat = WARD_ARRAY_LEN(seen)};
	int64_t plant = ward_about_answered(&about, acts, 4);
	int64_t vendor = ward_about_answered(&about, entry, 2);
	int64_t ransom = ward_about_answered(&about, files, 3);

	(void)state;
	assert_true(plant > ransom);  /* two threats of the incident */
	assert_true(vendor > ransom); /* both at once count as two */
	/* one each: the one that names it earlier, though another is made for fewer */
	assert_true(ransom > ward_about_answered(&about, late, 3));
	assert_int_equal(ransom, ward_about_answered(&about, late + 1, 2));
	seen[1].hi_micro = seen[2].hi_micro = 100000; /* both are as sure as the less sure one */
	assert_true(ransom > ward_about_answered(&about, entry, 2));
	assert_int_equal(ward_about_answered(&about, entry, 2) / 4096, 100000);
	const struct ward_about alone = {.threat = seen, .n_threat = 1};

	assert_int_equal(ward_about_answered(&alone, entry, 2), 0); /* one of two is not both */
	assert_true(ward_about_answered(&alone, files, 3) > 0);
	assert_true(ransom > ward_about_answered(&about, rare, 1)); /* surer counts before all */
	assert_true(ward_about_answered(&about, rare, 1) > 0);
	assert_int_equal(ward_about_answered(&about, acts + 2, 2), 0);
	assert_int_equal(ward_about_answered(&about, NULL, 0), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_playbook_killed_everywhere),
		T(only_who_is_asked_answers),
		T(rows_that_are_none_are_left),
		T(the_last_row_is_enough_though_the_hospital_was_edited),
		T(a_start_said_again_is_one_run),
		T(what_acts_is_proposed),
		T(commands_are_proposed),
		T(a_run_is_about_its_incident),
		cmocka_unit_test(the_playbook_that_fits_best_is_the_first),
		T(a_start_too_long_to_keep_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
