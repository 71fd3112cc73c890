/* Threats and techniques by the rules that tell them and the sensors that feed these. */
#include "craft/craft.h"

#include "model/ontology.h"

#include <stdlib.h>

enum { LEAVES_MAX = 64, COL_RULES = 30, COL_SENSORS = 41, COL_HERE = 66, SOURCES_SHOWN = 4 };

static const char *const sensor_name[WARD_CRAFT_SENSOR_N] = {
	[WARD_CRAFT_NET] = "network",
	[WARD_CRAFT_FLOW] = "flow",
	[WARD_CRAFT_FIELD] = "field",
	[WARD_CRAFT_LOG] = "log",
	[WARD_CRAFT_OWN] = "ward",
};

const char *ward_craft_sensor_name(enum ward_craft_sensor s)
{
	WARD_ASSERT(s < WARD_CRAFT_SENSOR_N);
	return sensor_name[s];
}

/* Which sensors give events of a class (event/classes.h), by how it begins; the longest counts. */
static const struct {
	const char *begin;
	unsigned sensors;
} class_sensors[] = {
	{"net.", 1u << WARD_CRAFT_NET},
	{"net.flow", 1u << WARD_CRAFT_NET | 1u << WARD_CRAFT_FLOW},
	{"net.firewall", 1u << WARD_CRAFT_LOG},
	{"net.zeek.", 1u << WARD_CRAFT_LOG},
	{"net.suricata.", 1u << WARD_CRAFT_LOG},
	{"door.", 1u << WARD_CRAFT_FIELD},
	{"fire.", 1u << WARD_CRAFT_FIELD},
	{"power.", 1u << WARD_CRAFT_FIELD},
	{"env.", 1u << WARD_CRAFT_FIELD},
	{"video.", 1u << WARD_CRAFT_FIELD},
	{"call.", 1u << WARD_CRAFT_FIELD},
	{"field.", 1u << WARD_CRAFT_FIELD},
	{"asset.", 1u << WARD_CRAFT_OWN},
	{"source.", 1u << WARD_CRAFT_OWN},
	{"ward.", 1u << WARD_CRAFT_OWN},
};

/* Which assets give events of a class; where no row fits, or a source watches nothing by name, any
 * source of the kind may. */
static const struct {
	const char *event, *asset;
} makers[] = {
	{"net.firewall", "device.computer"},
	{"net.zeek.", "device.computer"},
	{"net.suricata.", "device.computer"},
	{"host.", "device.computer"},
	{"log.", "device.computer"},
	{"door.", "device.building.door-controller"},
	{"door.", "device.building.reader"},
	{"video.", "device.building.camera"},
	{"video.", "device.building.recorder"},
	{"fire.", "device.building.fire-"},
	{"power.", "device.building.sensor.power"},
	{"power.", "device.building.ups"},
	{"power.", "device.building.generator"},
	{"power.", "device.building.switchgear"},
	{"power.", "device.building.distribution"},
	{"env.temperature", "device.building.sensor.temperature"},
	{"env.temperature", "device.building.cold-store"},
	{"env.humidity", "device.building.sensor.humidity"},
	{"env.pressure", "device.building.sensor.pressure"},
	{"env.flood", "device.building.sensor.water"},
	{"env.glass", "device.building.sensor"},
	{"env.gas", "device.building.gas-"},
	{"call.", "device.building.nurse-call"},
};

static unsigned sensors_of(struct ward_str glob)
{
	unsigned best = 1u << WARD_CRAFT_LOG;
	size_t len = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(class_sensors); i++) {
		struct ward_str begin = ward_str_z(class_sensors[i].begin);

		if (begin.len <= len || !ward_str_starts(glob, begin))
			continue;
		best = class_sensors[i].sensors;
		len = begin.len;
	}
	return best;
}

static unsigned kind_sensors(struct ward_str kind)
{
	return ward_str_eqz(kind, "net")    ? 1u << WARD_CRAFT_NET
	       : ward_str_eqz(kind, "flow") ? 1u << WARD_CRAFT_FLOW
	       : ward_str_eqz(kind, "mqtt") || ward_str_eqz(kind, "video") ||
			       ward_str_eqz(kind, "bacnet") || ward_str_eqz(kind, "modbus") ||
			       ward_str_eqz(kind, "snmp")
		       ? 1u << WARD_CRAFT_FIELD
		       : 1u << WARD_CRAFT_FIELD | 1u << WARD_CRAFT_LOG;
}

static bool watches(const struct ward_model *m, const struct ward_source *s, const char *asset)
{
	for (size_t i = 0; i < s->n_watches; i++) {
		const struct ward_node *n = ward_model_node(m, s->watches[i]);

		if (ward_str_starts(ward_ontology_class(ward_model_ontology(m), n->class)->id,
			    ward_str_z(asset)))
			return true;
	}
	return false;
}

/* Does the source give events of this class? */
static bool gives(const struct ward_model *m, const struct ward_source *s, struct ward_str glob)
{
	bool listed = false;

	if (s->stopped)
		return false;
	if (!glob.len) /* a record of some program's log */
		glob = WARD_STR("log.");

	if (!(sensors_of(glob) & kind_sensors(s->kind)))
		return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(makers); i++) {
		if (!ward_str_starts(glob, ward_str_z(makers[i].event)))
			continue;
		listed = true;
		if (watches(m, s, makers[i].asset))
			return true;
	}
	return !listed || !s->n_watches;
}

/* What the classes of one rule come to. */
struct feed {
	const struct ward_model *m;
	unsigned sensors;
	bool *source; /* by the model's sources; NULL: not asked */
	bool fed;
};

static void add_class(void *ctx, struct ward_str glob)
{
	struct feed *f = ctx;
	size_t n = 0;
	const struct ward_source *s = f->m ? ward_model_sources(f->m, &n) : NULL;
	unsigned sensors = sensors_of(glob);

	f->sensors |= sensors;
	f->fed |= sensors == 1u << WARD_CRAFT_OWN;
	for (size_t i = 0; i < n; i++) {
		if (!gives(f->m, &s[i], glob))
			continue;
		f->fed = true;
		if (f->source)
			f->source[i] = true;
	}
}

/* Of a rule, or of all that a correlation joins; fed: each of them is. */
static struct feed feed_of(
	const struct ward_ruleset *rs, const struct ward_model *m, size_t i, bool *source)
{
	uint32_t leaf[LEAVES_MAX];
	size_t n = 0;
	struct feed all = {.m = m, .source = source, .fed = true};

	ward_craft_leaves(rs, i, leaf, LEAVES_MAX, &n);
	for (size_t k = 0; k < n; k++) {
		struct feed one = {.m = m, .source = source};

		ward_ruleset_classes(rs, leaf[k], add_class, &one);
		all.sensors |= one.sensors;
		all.fed &= one.fed;
	}
	return all;
}

unsigned ward_craft_sensors(const struct ward_ruleset *rs, size_t i)
{
	return feed_of(rs, NULL, i, NULL).sensors;
}

bool ward_craft_fed(const struct ward_craft *c, size_t i)
{
	return !c->model || feed_of(c->rs, c->model, i, NULL).fed;
}

/* Does the rule tell people something? */
static bool speaks(const struct ward_rule_info *r)
{
	return !r->refused && !r->filter && !r->silent && !r->unmapped;
}

/* A correlation without a threat of its own has that of what it joins. */
static uint32_t threat_of(const struct ward_ruleset *rs, size_t i)
{
	uint32_t leaf[LEAVES_MAX], threat = ward_ruleset_rule(rs, i).threat;
	size_t n = 0;

	ward_craft_leaves(rs, i, leaf, LEAVES_MAX, &n);
	for (size_t k = 0; k < n && threat == WARD_NONE; k++)
		threat = ward_ruleset_rule(rs, leaf[k]).threat;
	return threat;
}

/* A row: some rules, and what feeds them. */
struct row {
	uint32_t *rule;
	size_t n_rule, n_fed;
	unsigned sensors;
	bool *source;
	size_t n_source;
};

struct cover {
	const struct ward_craft *c;
	size_t n_rule, n_source;
	uint32_t *threat;    /* by rule; WARD_NONE also when it does not speak */
	struct ward_str *id; /* of techniques, sorted, once each; on the heap */
	size_t n_id;
	struct row row; /* the one in hand */
};

static int id_cmp(const void *a, const void *b)
{
	return ward_str_cmp(*(const struct ward_str *)a, *(const struct ward_str *)b);
}

static bool add_ids(struct cover *v, const struct ward_str *id, size_t n)
{
	struct ward_str *p = n ? realloc(v->id, (v->n_id + n) * sizeof(*p)) : v->id;

	if (n && !p)
		return false;
	v->id = p;
	for (size_t i = 0; i < n; i++)
		v->id[v->n_id++] = id[i];
	return true;
}

static bool techniques(struct cover *v)
{
	const struct ward_threats *t = v->c->threats;
	size_t k = 0;

	for (size_t i = 0; i < v->n_rule; i++) {
		struct ward_rule_info r = ward_ruleset_rule(v->c->rs, i);

		if (speaks(&r) && !add_ids(v, r.attack, r.n_attack))
			return false;
	}
	for (uint32_t i = 0; t && i < ward_threats_n(t); i++)
		if (!add_ids(v, ward_threats_at(t, i)->attack, ward_threats_at(t, i)->n_attack))
			return false;
	if (v->n_id)
		qsort(v->id, v->n_id, sizeof(*v->id), id_cmp);
	for (size_t i = 0; i < v->n_id; i++)
		if (!k || !ward_str_eq(v->id[k - 1], v->id[i]))
			v->id[k++] = v->id[i];
	v->n_id = k;
	return true;
}

static void cover_fini(struct cover *v)
{
	free(v->threat);
	free(v->id);
	free(v->row.rule);
	free(v->row.source);
}

static bool cover_init(struct cover *v, const struct ward_craft *c)
{
	*v = (struct cover){.c = c, .n_rule = ward_ruleset_counts(c->rs).n};
	if (c->model)
		(void)ward_model_sources(c->model, &v->n_source);
	v->threat = calloc(v->n_rule + 1, sizeof(*v->threat));
	v->row.rule = calloc(v->n_rule + 1, sizeof(*v->row.rule));
	v->row.source = calloc(v->n_source + 1, sizeof(*v->row.source));
	if (!v->threat || !v->row.rule || !v->row.source || !techniques(v)) {
		cover_fini(v);
		return false;
	}
	for (size_t i = 0; i < v->n_rule; i++) {
		struct ward_rule_info r = ward_ruleset_rule(c->rs, i);

		v->threat[i] = speaks(&r) ? threat_of(c->rs, i) : WARD_NONE;
	}
	return true;
}

static void row_begin(struct cover *v)
{
	memset(v->row.source, 0, v->n_source);
	v->row.n_rule = v->row.n_fed = v->row.n_source = 0;
	v->row.sensors = 0;
}

static void row_add(struct cover *v, size_t i)
{
	struct feed f = feed_of(v->c->rs, v->c->model, i, v->row.source);

	v->row.rule[v->row.n_rule++] = (uint32_t)i;
	v->row.sensors |= f.sensors;
	v->row.n_fed += f.fed;
}

static void row_end(struct cover *v)
{
	for (size_t i = 0; i < v->n_source; i++)
		v->row.n_source += v->row.source[i];
}

static void threat_row(struct cover *v, uint32_t threat)
{
	row_begin(v);
	for (size_t i = 0; i < v->n_rule; i++)
		if (v->threat[i] == threat)
			row_add(v, i);
	row_end(v);
}

static void technique_row(struct cover *v, struct ward_str id)
{
	row_begin(v);
	for (size_t i = 0; i < v->n_rule; i++) {
		struct ward_rule_info r = ward_ruleset_rule(v->c->rs, i);
		bool has = false;

		for (size_t k = 0; speaks(&r) && k < r.n_attack; k++)
			has |= ward_str_eq(r.attack[k], id);
		if (has)
			row_add(v, i);
	}
	row_end(v);
}

static void put_sensors(struct ward_wr *w, struct ward_lang *lang, unsigned bits)
{
	static const char *const said[WARD_CRAFT_SENSOR_N] = {
		[WARD_CRAFT_NET] = WARD_TEXT("network"),
		[WARD_CRAFT_FLOW] = WARD_TEXT("flow"),
		[WARD_CRAFT_FIELD] = WARD_TEXT("field"),
		[WARD_CRAFT_LOG] = WARD_TEXT("log"),
		[WARD_CRAFT_OWN] = "Ward",
	};
	size_t n = 0;

	for (unsigned s = 0; s < WARD_CRAFT_SENSOR_N; s++)
		if (bits >> s & 1) {
			ward_wr_z(w, n++ ? ", " : "");
			ward_say(w, s == WARD_CRAFT_OWN ? NULL : lang, said[s]);
		}
}

static void put_here(struct cover *v, struct ward_wr *w)
{
	size_t n = 0, total = 0;
	const struct ward_source *s = ward_model_sources(v->c->model, &total);

	if (!v->row.n_fed) {
		ward_say(w, v->c->lang, WARD_TEXT("no source here"));
		return;
	}
	for (size_t i = 0; i < total && n < SOURCES_SHOWN; i++) {
		if (!v->row.source[i])
			continue;
		ward_wr_z(w, n++ ? ", " : "");
		ward_wr_str(w, s[i].id);
	}
	if (v->row.n_source > n) {
		ward_wr_ch(w, ' ');
		ward_say_n(w, v->c->lang, v->row.n_source - n, WARD_TEXT_ONE("and {n} more"),
			WARD_TEXT("and {n} more"));
	}
	if (!v->row.n_source)
		ward_say(w, v->c->lang, WARD_TEXT("Ward itself"));
	if (v->row.n_fed < v->row.n_rule) {
		char digits[64];
		struct ward_wr d = ward_wr_fixed(digits, sizeof(digits));

		ward_wr_u64(&d, v->row.n_fed);
		size_t at = d.len;

		ward_wr_u64(&d, v->row.n_rule);
		ward_wr_ch(w, ' ');
		WARD_SAY(w, v->c->lang, WARD_TEXT("({n} of {all} rules)"),
			{"n", ward_str_sub(ward_wr_text(&d), 0, at)},
			{"all", ward_str_sub(ward_wr_text(&d), at, SIZE_MAX)});
	}
}

static void cell(struct ward_text *t, size_t col, enum ward_style style, struct ward_wr *w)
{
	ward_text_tab(t, col);
	ward_text_put(t, style, ward_wr_text(w));
	ward_wr_reset(w);
}

static void text_row(struct cover *v, struct ward_text *t, struct ward_str name)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	bool here = !v->c->model || v->row.n_fed;

	ward_text_open(t, 2, 30);
	ward_text_put(t, v->row.n_rule && here ? WARD_STYLE_PLAIN : WARD_STYLE_WARN, name);
	if (v->row.n_rule)
		ward_say_n(&w, v->c->lang, v->row.n_rule, WARD_TEXT_ONE("{n} rule"),
			WARD_TEXT("{n} rules"));
	else
		ward_say(&w, v->c->lang, WARD_TEXT("no rule"));
	cell(t, COL_RULES, v->row.n_rule ? WARD_STYLE_PLAIN : WARD_STYLE_WARN, &w);
	put_sensors(&w, v->c->lang, v->row.sensors);
	cell(t, COL_SENSORS, WARD_STYLE_DIM, &w);
	if (v->c->model && v->row.n_rule) {
		put_here(v, &w);
		cell(t, COL_HERE, here ? WARD_STYLE_PLAIN : WARD_STYLE_WARN, &w);
	}
	ward_text_close(t);
	ward_wr_fini(&w);
}

static void heading(struct cover *v, struct ward_text *t, const char *what)
{
	const struct {
		size_t col;
		enum ward_style style;
		const char *english;
	} head[] = {{0, WARD_STYLE_BOLD, what}, {COL_RULES, WARD_STYLE_DIM, WARD_TEXT("told by")},
		{COL_SENSORS, WARD_STYLE_DIM, WARD_TEXT("seen by sensors")},
		{COL_HERE, WARD_STYLE_DIM, WARD_TEXT("sources here")}};

	ward_text_open(t, 0, 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(head) - (v->c->model == NULL); i++) {
		if (i)
			ward_text_tab(t, head[i].col);
		ward_text_put(
			t, head[i].style, ward_lang_text(v->c->lang, ward_str_z(head[i].english)));
	}
	ward_text_close(t);
}

/* Of n rows so many have a rule, and of these so many a source. */
struct sum {
	size_t n, told, seen;
};

/* what: a sentence with {n} and {told}. */
static void total(struct cover *v, struct ward_text *t, const char *what, const struct sum *sum)
{
	char digits[64];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);
	struct ward_wr d = ward_wr_fixed(digits, sizeof(digits));

	ward_say_number(&d, v->c->lang, sum->n);
	size_t at = d.len;

	ward_say_number(&d, v->c->lang, sum->told);
	WARD_SAY(&w, v->c->lang, what, {"n", ward_str_sub(ward_wr_text(&d), 0, at)},
		{"told", ward_str_sub(ward_wr_text(&d), at, SIZE_MAX)});
	if (v->c->model) {
		ward_say_semicolon(&w, v->c->lang);
		ward_say_n(&w, v->c->lang, sum->seen,
			WARD_TEXT_ONE("{n} of these has a source in this hospital"),
			WARD_TEXT("{n} of these have a source in this hospital"));
	}
	ward_wr_ch(&w, '.');
	ward_text_open(t, 2, 2);
	ward_text_put(t, WARD_STYLE_BOLD, ward_wr_text(&w));
	ward_text_close(t);
	ward_wr_fini(&w);
}

static void sum_row(struct cover *v, struct ward_text *t, struct ward_str name, struct sum *sum)
{
	sum->n++;
	sum->told += v->row.n_rule > 0;
	sum->seen += v->row.n_fed > 0;
	text_row(v, t, name);
}

void ward_craft_cover_text(const struct ward_craft *c, struct ward_text *t)
{
	struct sum threats = {0}, ids = {0};
	struct cover v;

	if (!cover_init(&v, c))
		return;
	heading(&v, t, WARD_TEXT("Threat"));
	for (uint32_t i = 0; c->threats && i < ward_threats_n(c->threats); i++) {
		threat_row(&v, i);
		sum_row(&v, t, ward_threats_at(c->threats, i)->code, &threats);
	}
	total(&v, t, WARD_TEXT("{told} of {n} threats of the dictionary have a rule"), &threats);
	ward_text_gap(t);
	heading(&v, t, WARD_TEXT("ATT&CK technique"));
	for (size_t i = 0; i < v.n_id; i++) {
		technique_row(&v, v.id[i]);
		sum_row(&v, t, v.id[i], &ids);
	}
	total(&v, t,
		WARD_TEXT("{told} of {n} techniques that rules or the dictionary name have a rule"),
		&ids);
	cover_fini(&v);
}

static bool is_ics(struct ward_str technique)
{
	return ward_str_starts(technique, WARD_STR("T0"));
}

static void json_row(struct cover *v, struct ward_json *j)
{
	size_t n = 0;
	const struct ward_source *s = v->c->model ? ward_model_sources(v->c->model, &n) : NULL;

	ward_json_key(j, "rules");
	ward_json_arr(j);
	for (size_t i = 0; i < v->row.n_rule; i++) {
		struct ward_rule_info r = ward_ruleset_rule(v->c->rs, v->row.rule[i]);

		ward_json_str(j, r.id.len ? r.id : r.name.len ? r.name : r.title);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "sensors");
	ward_json_arr(j);
	for (unsigned k = 0; k < WARD_CRAFT_SENSOR_N; k++)
		if (v->row.sensors >> k & 1)
			ward_json_z(j, sensor_name[k]);
	ward_json_arr_end(j);
	if (!v->c->model)
		return;
	ward_json_key(j, "rules_fed");
	ward_json_u64(j, v->row.n_fed);
	ward_json_key(j, "sources");
	ward_json_arr(j);
	for (size_t i = 0; i < n; i++)
		if (v->row.source[i])
			ward_json_str(j, s[i].id);
	ward_json_arr_end(j);
}

void ward_craft_cover_json(const struct ward_craft *c, struct ward_wr *w)
{
	struct cover v;
	size_t n = c->threats ? ward_threats_n(c->threats) : 0;

	if (!cover_init(&v, c))
		return;
	for (size_t i = 0; i < n + v.n_id; i++) {
		struct ward_json j = ward_json_on(w);
		const struct ward_threat *t =
			i < n ? ward_threats_at(c->threats, (uint32_t)i) : NULL;
		struct ward_str id = t ? t->code : v.id[i - n];

		if (t)
			threat_row(&v, (uint32_t)i);
		else
			technique_row(&v, id);
		ward_json_obj(&j);
		ward_json_key(&j, "kind");
		ward_json_z(&j, t ? "threat" : "technique");
		ward_json_key(&j, t ? "code" : "id");
		ward_json_str(&j, id);
		ward_json_key(&j, t ? "name" : "matrix");
		if (t)
			ward_json_str(&j, t->name);
		else
			ward_json_z(&j, is_ics(id) ? "ics" : "enterprise");
		json_row(&v, &j);
		ward_json_obj_end(&j);
		ward_wr_ch(w, '\n');
	}
	cover_fini(&v);
}

void ward_craft_cover_navigator(const struct ward_craft *c, bool ics, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	struct cover v;

	if (!cover_init(&v, c))
		return;
	ward_json_obj(&j);
	ward_json_key(&j, "name");
	ward_json_z(&j, "Ward's rules");
	ward_json_key(&j, "versions");
	ward_json_obj(&j);
	ward_json_key(&j, "layer");
	ward_json_z(&j, "4.5");
	ward_json_obj_end(&j);
	ward_json_key(&j, "domain");
	ward_json_z(&j, ics ? "ics-attack" : "enterprise-attack");
	ward_json_key(&j, "techniques");
	ward_json_arr(&j);
	for (size_t i = 0; i < v.n_id; i++) {
		if (is_ics(v.id[i]) != ics)
			continue;
		technique_row(&v, v.id[i]);
		if (!v.row.n_rule)
			continue;
		ward_json_obj(&j);
		ward_json_key(&j, "techniqueID");
		ward_json_str(&j, v.id[i]);
		ward_json_key(&j, "score");
		ward_json_u64(&j, c->model ? v.row.n_fed : v.row.n_rule);
		ward_json_key(&j, "comment");
		ward_json_str(&j, ward_ruleset_rule(c->rs, v.row.rule[0]).title);
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
	cover_fini(&v);
}
