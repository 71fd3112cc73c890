/* A region's hospitals for programs, and notices for hospitals. */
#include "region/say.h"

#include "story/record.h"

#include <stdio.h>

static void put_count(struct ward_json *j, const char *key, int64_t n)
{
	ward_json_key(j, key);
	if (n == WARD_CARE_NONE)
		ward_json_null(j);
	else
		ward_json_i64(j, n);
}

static void put_hospital(struct ward_json *j, const struct ward_have_hospital *h)
{
	ward_json_obj(j);
	ward_json_put_str(j, "name", h->name);
	ward_json_put_str(j, "facility", h->facility);
	ward_json_put_str(j, "clinical", h->clinical);
	ward_json_put_str(j, "ambulances", h->traffic);
	ward_json_put_str(j, "security", h->security);
	ward_json_key(j, "beds");
	ward_json_arr(j);
	for (unsigned i = 0; i < WARD_BED_N; i++) {
		if (!h->bed[i].said)
			continue;
		ward_json_obj(j);
		ward_json_put_z(j, "type", ward_bed_type_name((enum ward_bed_type)i));
		put_count(j, "available", h->bed[i].available);
		put_count(j, "baseline", h->bed[i].baseline);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static void put_levels(struct ward_json *j, const struct ward_site *s)
{
	uint64_t n[WARD_RECORD_LEVELS] = {0};

	for (size_t i = 0; i < s->n_incident; i++)
		n[s->incident[i].level]++;
	ward_json_key(j, "incidents");
	ward_json_obj(j);
	ward_json_put_u64(j, "open", s->n_open);
	for (unsigned i = 0; i < WARD_RECORD_LEVELS; i++)
		ward_json_put_u64(j, ward_record_level_name(i), n[i]);
	ward_json_obj_end(j);
}

static void put_impacts(struct ward_json *j, const struct ward_site *s)
{
	ward_json_key(j, "impacts");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_impact; i++) {
		const struct ward_site_impact *m = &s->impact[i];

		ward_json_obj(j);
		ward_json_put_str(j, "service", m->service);
		if (m->name.len)
			ward_json_put_str(j, "name", m->name);
		ward_json_put_str(j, "likely", m->likely);
		ward_json_put_time_or_null(j, "expected", m->expected);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_site(struct ward_json *j, const struct ward_region_word *x)
{
	const struct ward_site *s = x->site;

	ward_json_obj(j);
	ward_json_put_z(j, "kind", "region_site");
	ward_json_put_str(j, "id", x->of->id);
	ward_json_put_str(j, "name", s ? s->name : x->of->name);
	ward_json_put_time_or_null(j, "at", s ? s->at : WARD_NS_NEVER);
	if (x->age == WARD_NS_NEVER)
		ward_json_put_null(j, "age_s");
	else
		ward_json_put_i64(j, "age_s", x->age / WARD_NS_PER_S);
	ward_json_put_bool(j, "stale", x->stale);
	if (s) {
		ward_json_put_bool(j, "exercise", s->exercise);
		ward_json_key(j, "hospitals");
		ward_json_arr(j);
		for (size_t i = 0; i < s->have.n; i++)
			put_hospital(j, &s->have.hospital[i]);
		ward_json_arr_end(j);
		if (s->gives & WARD_SITE_GIVES_INCIDENTS)
			put_levels(j, s);
		if (s->gives & WARD_SITE_GIVES_IMPACTS)
			put_impacts(j, s);
	}
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

static const char *kind_name(enum ward_region_kind k)
{
	return k == WARD_REGION_RULE ? "rule" : "address";
}

void ward_region_write_same(
	const struct ward_region_view *v, const struct ward_region_same *s, struct ward_wr *w)
{
	struct ward_json on = ward_json_on(w), *j = &on;

	ward_json_obj(j);
	ward_json_put_z(j, "kind", "region_same");
	ward_json_put_id(j, "id", ward_region_same_id(v->region, s));
	ward_json_put_z(j, "what", kind_name(s->kind));
	ward_json_put_str(j, "key", s->key);
	ward_json_put_str(j, "threat", s->threat);
	ward_json_put_z(j, "level", ward_record_level_name(s->level));
	ward_json_put_bool(j, "exercise", s->exercise);
	ward_json_key(j, "at");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "site", v->region->site[s->at[i].site].id);
		ward_json_put_time_or_null(j, "last", s->at[i].last);
		ward_json_put_id(j, "incident", s->at[i].incident);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

void ward_region_write_json(const struct ward_region_view *v, struct ward_wr *w)
{
	for (size_t i = 0; i < v->region->n_site; i++) {
		struct ward_json j = ward_json_on(w);

		put_site(&j, &v->word[i]);
	}
	for (size_t i = 0; i < v->n_same; i++)
		ward_region_write_same(v, &v->same[i], w);
}

/* ---- notices ---- */

/* What that hospital says of it itself. */
static struct ward_str own_threat(const struct ward_region_same *s, size_t site)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].site == site)
			return s->at[i].threat;
	return WARD_STR("");
}

static void put_name(struct ward_json *j, const struct ward_region_same *s, struct ward_str threat,
	const struct ward_region_names *n, struct ward_lang *lang)
{
	uint32_t t = n->threats ? ward_threats_find(n->threats, threat) : WARD_NONE;
	struct ward_str what = t == WARD_NONE
				       ? s->key
				       : ward_lang_text(lang, ward_threats_at(n->threats, t)->name);
	char text[24], line[1024];
	struct ward_wr w = ward_wr_fixed(line, sizeof(line));

	(void)snprintf(text, sizeof(text), "%zu", s->n);
	WARD_SAY(&w, lang, WARD_TEXT("{what}: seen at {n} hospitals of the region within an hour"),
		{"what", what}, {"n", ward_str_z(text)});
	ward_json_put_str(j, "alert.name", ward_wr_bad(&w) ? s->key : ward_wr_text(&w));
}

void ward_region_write_notice(const struct ward_region_view *v, const struct ward_region_same *same,
	size_t site, const struct ward_region_names *n, struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);
	struct ward_id id = ward_region_same_id(v->region, same);
	struct ward_str threat = own_threat(same, site);
	char text[WARD_ID_TEXT];
	struct ward_idgen g;

	ward_idgen_init(&g, "region.notice");
	ward_idgen_id(&g, id);
	ward_idgen_str(&g, v->region->site[site].id);
	ward_id_text(id, text);
	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "event");
	ward_json_put_id(&j, "id", ward_idgen_final(&g));
	ward_json_put_time(&j, "time", v->now);
	ward_json_put_z(&j, "source", "region");
	ward_json_put_z(&j, "class", "log.alert");
	ward_json_key(&j, "fields");
	ward_json_obj(&j);
	ward_json_put_str(&j, "alert.product", v->region->name);
	ward_json_put_z(&j, "alert.id", text);
	ward_json_put_z(&j, "alert.rule", WARD_REGION_NOTICE_RULE);
	put_name(&j, same, threat, n, lang);
	ward_json_put_z(&j, "alert.level", ward_record_level_name(same->level));
	ward_json_put_time(&j, "alert.created", v->now);
	if (threat.len)
		ward_json_put_str(&j, "alert.threat", threat);
	if (same->kind == WARD_REGION_ADDRESS)
		ward_json_put_str(&j, "src_ip", same->key);
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}
