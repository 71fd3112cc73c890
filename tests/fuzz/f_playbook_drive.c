#include "fuzz.h"

#include "../unit/model/lab.h"
#include "respond/playbook/drive.h"

/* Rows of runs, as the store may give them, and what people may send: each line of the input is
 * one, of the playbook below. Whatever it is, nothing crashes, and what is made of it can be read
 * again. */
static const char book[] =
	"{\"type\":\"playbook\",\"spec_version\":\"cacao-2.0\","
	"\"id\":\"playbook--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f01\",\"name\":\"Door\","
	"\"created_by\":\"identity--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f02\","
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	"\"playbook_variables\":{\"__x__\":{\"type\":\"string\",\"external\":true},"
	"\"__thing__\":{\"type\":\"string\",\"value\":\"ahu-1\",\"external\":true}},"
	"\"workflow_start\":\"start--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f03\",\"workflow\":{"
	"\"start--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f03\":{\"type\":\"start\","
	"\"on_completion\":\"action--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f07\"},"
	"\"action--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f07\":{\"type\":\"action\","
	"\"agent\":\"group--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f05\","
	"\"targets\":[\"http-api--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f08\"],"
	"\"commands\":[{\"type\":\"http-api\",\"command\":\"POST /__x__:value\","
	"\"content\":\"{\\\"a\\\":\\\"__thing__:value\\\"}\"}],"
	"\"on_completion\":\"action--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f04\"},"
	"\"action--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f04\":{\"type\":\"action\",\"timeout\":600000,"
	"\"agent\":\"group--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f05\","
	"\"commands\":[{\"type\":\"manual\",\"command\":\"Close it.\"}],"
	"\"on_success\":\"end--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f06\","
	"\"on_failure\":\"end--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f06\"},"
	"\"end--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f06\":{\"type\":\"end\"}},"
	"\"agent_definitions\":{\"group--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f05\":"
	"{\"type\":\"group\",\"name\":\"guard\"}},"
	"\"target_definitions\":{\"http-api--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f08\":"
	"{\"type\":\"http-api\",\"name\":\"api\",\"agent_target_extensions\":"
	"{\"" WARD_PLAYBOOK_EXTENSION "\":{\"thing\":\"__thing__\"}}}},"
	"\"extension_definitions\":{\"" WARD_PLAYBOOK_EXTENSION "\":{\"type\":"
	"\"extension-definition\",\"name\":\"Ward\",\"schema\":\"x\",\"version\":\"1\","
	"\"created_by\":\"identity--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f02\"}}}";

static struct lab l; /* loaded once: it only answers */

static const struct ward_playbooks *playbooks(struct ward_limits *lim)
{
	static struct ward_playbook *item[1];
	static struct ward_playbooks all = {.item = item};
	const struct ward_playbook_world world = {.others = &all};
	struct ward_diag d;

	if (all.n)
		return &all;
	ward_diag_init(&d, ward_mem_heap());
	WARD_ASSERT(ward_playbook_read(ward_slice_of(book, sizeof(book) - 1), WARD_STR("p"), lim,
			    ward_mem_heap(), &d, &item[0]) == WARD_OK);
	all.n = 1;
	WARD_ASSERT(ward_playbook_check(item[0], &world, &d) == WARD_OK);
	ward_diag_fini(&d);
	return &all;
}

/* What is proposed is one JSON object that says what and to what; its answer is any. */
static void wish(struct ward_drive *d, uint8_t n)
{
	const struct ward_decided said = {.err = n & 1   ? WARD_ERR_NOT_FOUND
						 : n & 2 ? WARD_ERR_DENIED
							 : WARD_OK,
		.why = WARD_STR("no"),
		.json = WARD_STR("")};
	struct ward_decision of;

	if (!ward_drive_wish(d, &of))
		return;
	struct ward_id id = of.id;

	WARD_ASSERT(ward_model_find(l.m, of.subject) != WARD_NONE);
	WARD_ASSERT(of.args.len <= WARD_DECISION_ARGS);
	WARD_ASSERT(
		ward_str_starts(of.args, WARD_STR("{\"command\":\"http-api\",\"call\":\"POST /")));
	WARD_ASSERT(ward_str_ends(of.args, WARD_STR("}")));
	WARD_ASSERT(ward_drive_proposed(d, id, &said) == WARD_OK);
}

static void one(struct ward_drive *d, struct ward_str line, uint8_t n)
{
	const struct ward_drive_row row = {{{n & 3}}, (n >> 2) + 1U, n, line};
	const struct ward_decision of = {.kind = (enum ward_decision_kind)(n % WARD_DECISION_N),
		.id = {{n}},
		.person = WARD_STR("p"),
		.role = WARD_STR("guard"),
		.subject = WARD_STR("playbook--3a0c8b9e-8f0e-4d55-9f43-0d3c6a0c1f01"),
		.args = line};
	struct ward_drive_row made;
	struct ward_decided said;

	WARD_ASSERT(ward_drive_take(d, &row) == WARD_OK);
	WARD_ASSERT(ward_drive_incident(d, &row) == WARD_OK);
	if (ward_drive_decide(d, &of, n, &made, &said))
		WARD_ASSERT(said.err == WARD_OK && ward_drive_take(d, &made) == WARD_OK);
	for (int i = 0; i < 8 && ward_drive_next(d, n, &made); i++)
		WARD_ASSERT(ward_drive_take(d, &made) == WARD_OK);
	wish(d, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_drive *d;
	struct ward_str rest = {(const char *)data, len};
	struct ward_drive_run r;

	ward_limits_default(&lim);
	WARD_ASSERT(
		l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml", "roles: []\n") == WARD_OK);
	const struct ward_drive_opts o = {.all = playbooks(&lim),
		.n_now = 1,
		.m = l.m,
		.lim = &lim,
		.mem = ward_mem_heap(),
		.acts = true};

	WARD_ASSERT(ward_drive_new(&o, &d) == WARD_OK);
	for (uint8_t n = 0; rest.len && n < 64; n++)
		one(d, ward_str_cut(&rest, '\n'), n);
	for (size_t i = 0; i < ward_drive_n(d); i++)
		ward_drive_at(d, i, &r);
	ward_drive_free(d);
	return 0;
}
