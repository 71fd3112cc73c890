/* Playbooks as files bring them: what is read is written back as it was; what is sound can be told
 * and done, and killed on the way. */
#include "fuzz.h"

#include "respond/playbook/run.h"

static void line(void *ctx, const struct ward_playbook_line *l)
{
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(l->text), NULL));
	++*(size_t *)ctx;
}

static void word(void *ctx, struct ward_str s)
{
	(void)s;
	++*(size_t *)ctx;
}

static struct ward_run *killed(struct ward_run *r, const struct ward_playbooks *all)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);

	ward_run_save(r, &w);
	ward_run_free(r);
	r = NULL;
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_run_load(ward_wr_slice(&w), all, ward_mem_heap(), &r) == WARD_OK);
	ward_wr_fini(&w);
	return r;
}

static void done(struct ward_playbook *p, const struct ward_playbooks *all)
{
	struct ward_run_request q;
	struct ward_run_out out;
	struct ward_run *r = NULL;
	ward_ns now = p->valid_from > 0 ? p->valid_from : 0;

	if (ward_run_begin(p, all, (struct ward_id){{7}}, now, NULL, 0, ward_mem_heap(), &r))
		return;
	for (unsigned i = 0; i < 100 && ward_run_is(r) == WARD_RUN_OPEN; i++) {
		enum ward_err err = ward_run_next(r, now, &out);

		if (err == WARD_ERR_AGAIN && i % 3 && ward_run_open(r, 0, &q)) {
			const struct ward_run_answer a = {.request = q.id, .well = true};

			err = ward_run_answer(r, &a, now, &out);
		}
		if (err && ward_run_due(r) < WARD_NS_NEVER)
			now = ward_run_due(r);
		r = killed(r, all);
	}
	ward_run_free(r);
}

static void written(const struct ward_playbook *p, const struct ward_limits *lim)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_playbook *again = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	ward_playbook_write(p, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_playbook_read(ward_wr_slice(&w), WARD_STR("w"), lim, ward_mem_heap(), &d,
			    &again) == WARD_OK);
	WARD_ASSERT(again->n_step == p->n_step && again->n_var == p->n_var);
	ward_playbook_free(again);
	ward_wr_fini(&w);
	ward_diag_fini(&d);
}

static struct ward_model_file file_of(const char *name, const char *text)
{
	return (struct ward_model_file){
		ward_str_z(name), ward_str_z(name), ward_str_bytes(ward_str_z(text))};
}

/* A hospital with one medical device. */
static const struct ward_playbook_never *never_of_hospital(void)
{
	static struct ward_playbook_never *never;
	const struct ward_model_file content[] = {
		file_of("ontology.yml",
			"classes: [{id: site, name: S}, {id: building, name: B}, {id: floor, name: "
			"F},\n"
			"  {id: zone, name: Z}, {id: role, name: R}, {id: room, name: R},\n"
			"  {id: door, name: D}, {id: network, name: N}, {id: device, name: D},\n"
			"  {id: device.medical, name: M}, {id: software, name: S},\n"
			"  {id: data, name: D}, {id: supply, name: S}, {id: service, name: S}]\n"),
		file_of("threats.yml", "threats: []\n")};
	const struct ward_model_file file = file_of("h.yml",
		"hospital: {id: h, name: H, city: T, country: IT, timezone: Europe/Rome}\n"
		"sites: [{id: s, name: S}]\nbuildings: [{id: b, name: B, site: s}]\n"
		"floors: [{id: f, name: F, building: b, level: 0}]\n"
		"rooms: [{id: r, name: R, floor: f, class: room}]\n"
		"networks: [{id: n, name: N, class: network, cidr: [10.1.0.0/16, 'fd00::/64']}]\n"
		"assets: [{id: pump-1, name: P, class: device.medical, room: r, network: n,\n"
		"  ip: 10.1.0.5 fd00::5, mac: \"00:1B:63:84:45:E6\"}]\n");
	struct ward_model *m = NULL;
	struct ward_limits lim;
	struct ward_diag d;

	if (never)
		return never;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	/* with findings: it has nothing but what is looked for */
	enum ward_err err = ward_model_load_files(&file, 1, content, &lim, ward_mem_heap(), &d, &m);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG);
	WARD_ASSERT(m && ward_model_find(m, WARD_STR("pump-1")) != WARD_NONE);
	WARD_ASSERT(ward_playbook_never_new(m, NULL, ward_mem_heap(), &never) == WARD_OK);
	ward_diag_fini(&d);
	return never;
}

/* Whatever stands before it, the name is found. */
static void named(struct ward_str text)
{
	const struct ward_playbook_never *never = never_of_hospital();
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	uint32_t node;

	WARD_ASSERT(ward_playbook_never_in(never, text, &node) == WARD_OK);
	ward_wr_str(&w, text);
	ward_wr_z(&w, " 10.1.0.5 ");
	WARD_ASSERT(ward_playbook_never_in(never, ward_wr_text(&w), &node) == WARD_OK);
	WARD_ASSERT(node != WARD_NONE);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_playbook *p = NULL;
	struct ward_limits lim;
	struct ward_diag d;
	size_t n = 0;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_playbook_read(
		ward_slice_of(copy, len), WARD_STR("p"), &lim, ward_mem_heap(), &d, &p);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (p != NULL) && (err == WARD_OK) == (d.n_error == 0));
	if (p) {
		const struct ward_playbooks all = {.item = &p, .n = 1};
		const struct ward_playbook_world world = {.others = &all};
		const struct ward_playbook_sheet sheet = {.others = &all, .line = line, .ctx = &n};

		written(p, &lim);
		ward_playbook_words(p, word, &n);
		err = ward_playbook_check(p, &world, &d);
		WARD_ASSERT((err == WARD_OK) == p->sound);
		WARD_ASSERT(ward_playbook_tell(p, &sheet) == (p->sound ? WARD_OK : WARD_ERR_STATE));
		if (p->sound)
			done(p, &all);
	}
	named((struct ward_str){(const char *)copy, len});
	free(copy);
	ward_playbook_free(p);
	ward_diag_fini(&d);
	return 0;
}
