#include "room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 512 << 20, OUT = 64 << 20 };

const struct ward_api_who room_all = {.person = {"m.rossi", 7}, .rights = WARD_RIGHTS_ALL};

static const char *path_of(const char *file, char ret[4096])
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	assert_true(snprintf(ret, 4096, "%s/%s", root, file) < 4096);
	return ret;
}

static void load(struct room *r)
{
	static const char *const code[ROOM_LANGS] = {"it", "fr", "nl"};
	char path[4096], content[4096];

	(void)path_of("content", content);
	assert_int_equal(ward_model_load(path_of("pilots/turin", path), content, &r->lim,
				 ward_mem_heap(), &r->diag, &r->m),
		WARD_OK);
	for (size_t i = 0; i < ROOM_LANGS; i++)
		assert_int_equal(ward_lang_load(path_of("content/words", path), ward_str_z(code[i]),
					 &r->lim, ward_mem_heap(), &r->diag, &r->lang[i]),
			WARD_OK);
	assert_int_equal(
		ward_sharing_load(content, &r->lim, &r->arena, &r->diag, &r->sharing), WARD_OK);
	assert_int_equal(
		ward_profiles_load(content, &r->lim, ward_mem_heap(), &r->diag, &r->profiles),
		WARD_OK);
	assert_int_equal(ward_playbook_list_add(&r->list, content, "/playbooks", &r->lim, &r->diag),
		WARD_OK);
	assert_int_equal(ward_playbook_never_new(r->m, NULL, ward_mem_heap(), &r->never), WARD_OK);
	r->playbooks =
		(struct ward_playbooks){.item = r->list.item, .n = r->list.n, .never = r->never};
	for (size_t i = 0; i < r->list.n; i++) {
		const struct ward_playbook_world world = {.m = r->m,
			.t = ward_model_threats(r->m),
			.never = r->never,
			.others = &r->playbooks};

		assert_int_not_equal(
			ward_playbook_check(r->list.item[i], &world, &r->diag), WARD_ERR_NOMEM);
	}
	const struct ward_plan_in in = {r->m, &r->lim, ward_mem_heap(), &r->diag};

	assert_int_equal(ward_plans_load(&in, path_of("pilots/turin", path), &r->plans), WARD_OK);
	const struct ward_watchpost_in posts = {r->m, &r->lim, ward_mem_heap(), &r->diag};

	assert_int_equal(
		ward_watchpost_load(&posts, path_of("pilots/turin", path), &r->posts), WARD_OK);
	if (ward_conf_read(&r->arena, &r->lim, path_of("content/openapi.json", path), &r->diag,
		    &r->openapi) != WARD_OK)
		r->openapi = ward_slice_of(NULL, 0);
}

/* Its source, as `api` reads it. */
static void see(struct room *r)
{
	struct ward_wr json = ward_wr_grow(ward_mem_heap(), 1 << 16), why = json;
	char path[4096];
	size_t n;
	const struct ward_source *s = ward_model_sources(r->m, &n);

	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(s[i].kind, "video"))
			r->camera.source = &s[i];
	assert_int_equal(ward_zones_read(path_of("pilots/turin", path), r->m, r->camera.source,
				 &r->lim, &json, &why),
		WARD_OK);
	r->camera.plan = ward_arena_str(&r->arena, ward_wr_text(&json));
	r->camera.wrong = ward_arena_str(&r->arena, ward_wr_text(&why));
	ward_wr_fini(&json);
	ward_wr_fini(&why);
}

static void show_play(struct room *r)
{
	/* as `play` shows itself */
	ward_api_board(r->api, WARD_API_BOARD_PLAY,
		WARD_STR(
			"{\"at\":1773284999000000000,\"scenario\":\"cooling\",\"title\":\"T\","
			"\"paused\":true,\"ended\":false,\"waits\":true,\"films\":false,"
			"\"played_ms\":-1,\"next_ms\":null,\"story\":\"S\",\"steps\":[{\"step\":1,"
			"\"at_ms\":500,\"id\":\"\",\"note\":\"N\",\"phase\":\"find\",\"fate\":"
			"\"waits\",\"signs\":[{\"threat\":\"outage\",\"on\":\"Unit\",\"visible\":"
			"true,"
			"\"within_ms\":10000,\"after_ms\":2000}]}],\"response\":\"Mend it\","
			"\"expected\":[{\"role\":\"r\",\"name\":\"R\",\"within_ms\":null,"
			"\"after_ms\":null}],\"worth\":{\"without_ms\":7,\"played_ms\":0,"
			"\"decisions\":[{\"branch\":\"b\",\"note\":\"B\",\"decided\":"
			"\"contained\",\"of\":\"x\",\"by\":\"a\",\"policy\":true,"
			"\"played_ms\":1,\"saved_ms\":-5,\"prevented\":[{\"step\":2,"
			"\"story_ms\":3,\"note\":\"Off\"}]}],\"services\":[{\"service\":"
			"\"theatres\",\"name\":\"T\",\"without_at_ms\":4,\"without_ms\":7,"
			"\"played_at_ms\":null,\"played_ms\":0}]},\"injects\":[{\"id\":\"press\","
			"\"title\":\"P\",\"brought\":2,"
			"\"steps\":0,\"text\":[{\"role\":\"r\",\"name\":\"R\",\"text\":\"X\"}]}],"
			"\"branches\":[{\"id\":\"b\",\"note\":\"B\",\"decided\":\"contained\","
			"\"of\":\"x\",\"before_ms\":9,\"way\":\"open\",\"met\":true}],\"told\":[{"
			"\"time\":\"2026-03-12T02:10:00Z\",\"recipient\":\"g\",\"acknowledged\":"
			"true,\"policy\":true}],\"played\":[{\"role\":\"it-on-call\",\"name\":"
			"\"I\",\"policy\":true,\"acknowledges_ms\":null,\"approves_ms\":5000,"
			"\"refuses_ms\":\"x\",\"begins_ms\":240000}],\"log\":[{"
			"\"time\":\"2026-03-12T02:10:00Z\",\"played_ms\":0,\"what\":\"pause\","
			"\"by\":\"t\"}],\"news\":3,\"truth\":{\"story_ms\":9,"
			"\"things_n\":2,\"things\":[{\"id\":\"ahu-05\",\"name\":\"Unit\",\"is\":"
			"\"stopped\",\"store\":\"\",\"percent\":0,\"ends_ms\":null},{\"id\":"
			"\"oxygen\",\"name\":\"O\",\"is\":\"store\",\"store\":\"tank\",\"percent\":"
			"88,\"ends_ms\":60000}],\"services\":[{\"id\":\"pharmacy\",\"name\":\"P\","
			"\"since_ms\":5,\"falls_ms\":null,\"back_ms\":null}]},\"messages\":[{"
			"\"id\":\"" ROOM_MESSAGE
			"\",\"time\":\"2026-03-12T02:10:00Z\",\"played_ms\":7,\"to\":[{"
			"\"role\":\"security-guard\",\"name\":\"Guard\",\"text\":\"G\"},{\"role\":"
			"\"pharmacist\",\"name\":\"P\",\"text\":\"Q\"}],\"seen\":[{\"by\":\"a\","
			"\"role\":\"security-guard\",\"name\":\"Guard\",\"played_ms\":9}]},{"
			"\"id\":\"" ROOM_ACTION
			"\",\"time\":\"2026-03-12T02:11:00Z\",\"played_ms\":8,\"to\":[{"
			"\"role\":\"\",\"name\":\"\",\"text\":\"E\"}],\"seen\":[]}]}"));
}

void room_begin(struct room *r, const char *rows)
{
	char path[4096], content[4096];

	*r = (struct room){.now = 1773285000 * WARD_NS_PER_S}; /* 2026-03-12T03:10:00Z */
	ward_limits_default(&r->lim);
	ward_diag_init(&r->diag, ward_mem_heap());
	ward_arena_init(&r->arena, ward_mem_heap(), ARENA);
	ward_counters_init(&r->counters);
	r->w = ward_wr_grow(ward_mem_heap(), OUT);
	load(r);
	r->on[0] = ward_model_find(r->m, WARD_STR("ahu-05"));
	r->on[1] = ward_model_find(r->m, WARD_STR("bms-laptop"));
	r->on[2] = ward_model_find(r->m, WARD_STR("c3-plant"));
	r->role = ward_model_find(r->m, WARD_STR("it-on-call"));
	r->ability = (struct ward_api_ability){.id = WARD_STR("switches/port"),
		.does = WARD_STR("isolate"),
		.system = WARD_STR("Switches"),
		.persons = 1,
		.lasts_seconds = 1800,
		.role = &r->role,
		.n_role = 1,
		.on = r->on,
		.n_on = WARD_ARRAY_LEN(r->on)};
	see(r);
	const struct ward_cell_in cell = {path_of("pilots/turin", path),
		path_of("content", content), r->m, &r->lim, &r->arena};

	assert_int_equal(ward_cell_load(&cell, &r->cell), WARD_OK);
	const struct ward_api_opts o = {.mem = ward_mem_heap(),
		.model = r->m,
		.lim = &r->lim,
		.counters = &r->counters,
		.lang = r->lang,
		.n_lang = ROOM_LANGS,
		.playbooks = &r->playbooks,
		.n_playbook = r->playbooks.n,
		.plans = r->plans,
		.posts = &r->posts,
		.sharing = &r->sharing,
		.openapi = ward_slice_text(r->openapi),
		.cell = r->cell.is,
		.exercise = true,
		.tells = true,
		.acts = true,
		.ability = &r->ability,
		.n_ability = 1,
		.camera = &r->camera,
		.n_camera = 1};

	assert_int_equal(ward_api_new(&o, &r->api), WARD_OK);
	ward_api_board(r->api, WARD_API_BOARD_RULES,
		WARD_STR("{\"at\":1773284999000000000,\"rules\":[{\"id\":\"" ROOM_RULE
			 "\",\"title\":\"T\",\"level\":\"low\",\"state\":\"watches\"}]}"));
	show_play(r);
	if (!rows)
		return;
	assert_int_equal(ward_conf_read(&r->arena, &r->lim, rows, &r->diag, &r->rows), WARD_OK);
	for (struct ward_str rest = ward_slice_text(r->rows); rest.len;) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len && !ward_str_starts(line, WARD_STR("{\"kind\":\"summary\"")))
			assert_int_equal(room_take(r, line), WARD_OK);
	}
}

void room_end(struct room *r)
{
	ward_api_free(r->api);
	ward_reckon_free(r->reckon);
	past_free(r->past);
	ward_playbook_list_fini(&r->list);
	ward_playbook_never_free(r->never);
	ward_plans_free(r->plans);
	ward_watchpost_free(&r->posts);
	ward_profiles_free(&r->profiles);
	for (size_t i = 0; i < ROOM_LANGS; i++)
		ward_lang_free(r->lang[i]);
	ward_model_free(r->m);
	ward_wr_fini(&r->w);
	ward_arena_fini(&r->arena);
	ward_diag_fini(&r->diag);
}

static enum ward_row_kind kind_of(struct ward_str json)
{
	static const struct {
		const char *kind;
		enum ward_row_kind is;
	} all[] = {{"detection", WARD_ROW_DETECTION}, {"incident", WARD_ROW_INCIDENT},
		{"impact", WARD_ROW_IMPACT}, {"clip", WARD_ROW_CLIP}, {"photo", WARD_ROW_CLIP},
		{"file", WARD_ROW_CLIP}, {"run", WARD_ROW_RUN}, {"action", WARD_ROW_ACTION},
		{"decision", WARD_ROW_DECISION}, {"permit", WARD_ROW_PERMIT},
		{"account", WARD_ROW_ACCOUNT}, {"census", WARD_ROW_CENSUS}};
	struct ward_str head = WARD_STR("{\"kind\":\"");

	for (size_t i = 0; i < WARD_ARRAY_LEN(all) && ward_str_starts(json, head); i++)
		if (ward_str_starts(
			    ward_str_sub(json, head.len, SIZE_MAX), ward_str_z(all[i].kind)))
			return all[i].is;
	return WARD_ROW_DELIVERY;
}

static bool find_id(struct ward_str json, struct ward_id *ret)
{
	struct ward_str key = WARD_STR("\"id\":\"");
	size_t at = ward_str_find(json, key);

	return at != SIZE_MAX &&
	       ward_id_parse(ward_str_sub(json, at + key.len, WARD_ID_TEXT - 1), ret);
}

enum ward_err room_take(struct room *r, struct ward_str json)
{
	struct ward_store_row row = {.row = ++r->row,
		.kind = kind_of(json),
		.revision = (uint32_t)r->row,
		.time = ROOM_BEGIN + (ward_ns)r->row * WARD_NS_PER_MS,
		.json = json};

	(void)find_id(json, &row.id);
	return ward_api_take(r->api, &row);
}

void room_add(struct room *r, const char *json)
{
	assert_int_equal(room_take(r, ward_str_z(json)), WARD_OK);
}

static void add_file(struct room *r, const char *file)
{
	char path[4096];
	struct ward_slice text;

	assert_int_equal(
		ward_conf_read(&r->arena, &r->lim, path_of(file, path), &r->diag, &text), WARD_OK);
	for (struct ward_str rest = ward_slice_text(text); rest.len;) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len)
			assert_int_equal(room_take(r, line), WARD_OK);
	}
}

void room_add_others(struct room *r)
{
	add_file(r, "tests/golden/report/rows.jsonl");
}

void room_add_crisis(struct room *r)
{
	add_file(r, "tests/unit/api/crisis.jsonl");
}

void room_add_look(struct room *r)
{
	room_add(r, "{\"kind\":\"decision\",\"id\":\"10000000-0000-8000-8000-0000000000cc\","
		    "\"revision\":1,\"what\":\"look\",\"subject\":\"" ROOM_INCIDENT
		    "\",\"person\":\"m.rossi\",\"role\":\"it-on-call\",\"text\":\"who was it?\","
		    "\"taken\":true}");
	r->now = ROOM_BEGIN + 60 * WARD_NS_PER_S; /* soon after */
}

/* As the processes `reckon` and `recall` do it, which are asked what was not computed yet. */
static void compute(struct room *r)
{
	if (ward_recall_is(r->answer.question)) {
		r->past = r->past ? r->past : past_new(r->m, &r->lim);
		const struct ward_reckoned found = past_answer(r->past, r->answer.question);

		assert_int_equal(ward_api_reckoned(r->api, r->answer.question, &found), WARD_OK);
		return;
	}

	char dir[4096], content[4096];
	struct ward_rd rd = ward_rd_slice(ward_str_bytes(r->answer.question));
	struct ward_reckon_ask ask;

	if (!r->reckon) {
		const struct ward_reckon_opts o = {.dir = path_of("pilots/turin", dir),
			.content = path_of("content", content),
			.lim = &r->lim,
			.mem = ward_mem_heap(),
			.lang = r->lang,
			.n_lang = ROOM_LANGS,
			.diag = &r->diag};

		assert_int_equal(ward_reckon_new(&o, &r->reckon), WARD_OK);
	}
	assert_int_equal(ward_reckon_get(&rd, &ask), WARD_OK);
	const struct ward_reckoned said = ward_reckon_answer(r->reckon, &ask);

	assert_int_equal(ward_api_reckoned(r->api, r->answer.question, &said), WARD_OK);
}

unsigned room_ask(struct room *r, const struct ward_api_who *who, const char *method,
	const char *target, const char *lang)
{
	struct ward_str query = ward_str_z(target), path = ward_str_cut(&query, '?');
	const struct ward_api_ask ask = {.method = ward_str_z(method),
		.path = path,
		.query = query,
		.lang = ward_str_z(lang),
		.who = who,
		.now = r->now};

	ward_wr_reset(&r->w);
	ward_api_answer(r->api, &ask, &r->w, &r->answer);
	if (r->answer.question.len) {
		assert_true(r->answer.status == 503 || r->answer.status == 200);
		compute(r);
		ward_wr_reset(&r->w);
		ward_api_answer(r->api, &ask, &r->w, &r->answer);
		assert_int_equal(r->answer.question.len, 0);
	}
	assert_false(ward_wr_bad(&r->w));
	return r->answer.status;
}

const struct ward_conf *room_json(struct room *r)
{
	const struct ward_conf *c = NULL;

	assert_int_equal(ward_conf_json(&r->arena, &r->lim, WARD_STR("answer"), 1,
				 ward_wr_slice(&r->w), &r->diag, &c),
		WARD_OK);
	return c;
}

void room_target(const char *path, char *ret, size_t size)
{
	struct ward_str tail = ward_str_z(path), head = ward_str_cut(&tail, '{');
	const char *id = !tail.p                                     ? ""
			 : ward_str_ends(head, WARD_STR("plans/"))   ? "a1"
			 : ward_str_ends(head, WARD_STR("assets/"))  ? "ahu-05"
			 : ward_str_ends(head, WARD_STR("cameras/")) ? "camera-au-corridor-staff"
			 : ward_str_ends(head, WARD_STR("watch/"))   ? "guard-room"
			 : ward_str_ends(head, WARD_STR("rules/"))   ? ROOM_RULE
			 : ward_str_ends(head, WARD_STR("notices/")) ? "dpia"
			 : ward_str_ends(head, WARD_STR("persons/")) ? ROOM_REQUEST
			 : ward_str_ends(head, WARD_STR("ethics/"))  ? "video.fall"
								     : ROOM_INCIDENT;

	(void)ward_str_cut(&tail, '}');
	(void)snprintf(ret, size, "%.*s%s%.*s%s", WARD_STR_ARG(head), id, WARD_STR_ARG(tail),
		ward_str_ends(head, WARD_STR("search"))   ? "?q=theatre"
		: ward_str_ends(tail, WARD_STR("/draft")) ? "?form=it-pre"
							  : "");
}

void room_add_request(struct room *r)
{
	room_add(r, "{\"kind\":\"decision\",\"id\":\"" ROOM_REQUEST
		    "\",\"revision\":1,\"time\":\"2026-03-12T03:00:00Z\",\"what\":"
		    "\"person-request\",\"subject\":\"requests\",\"person\":\"m.rossi\",\"role\":"
		    "\"data-protection-officer\",\"text\":\"\",\"taken\":true,\"args\":{\"right\":"
		    "\"erasure\",\"ref\":\"A-7\",\"received\":\"2026-03-11\",\"identity\":"
		    "\"passport\"}}");
}

void room_add_incident(struct room *r, unsigned n, const char *level, const char *state)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"00000000-0000-8000-8000-%012u\",\"revision\":1,"
		"\"state\":\"%s\",\"domain\":\"cyber\",\"level\":\"%s\",\"first\":"
		"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"headline\":{"
		"\"threat\":\"Command\",\"on\":\"Thing %u\"},\"members\":[]}",
		n, state, level, n);
	room_add(r, json);
}
