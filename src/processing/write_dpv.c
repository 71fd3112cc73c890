/* The record in the terms of the Data Privacy Vocabulary (W3C DPVCG 2.x), as JSON-LD. */
#include "processing/priv.h"

static void put(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, s);
}

static void put_ids(
	struct ward_json *j, const char *key, const char *prefix, const struct ward_proc_list *l)
{
	char text[160];

	if (!l->n)
		return;
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < l->n; i++) {
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_z(&w, prefix);
		ward_wr_str(&w, l->at[i]);
		ward_json_obj(j);
		ward_json_key(j, "@id");
		ward_json_str(j, ward_wr_bad(&w) ? l->at[i] : ward_wr_text(&w));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_texts(struct ward_json *j, const char *key, const struct ward_proc_list *l)
{
	if (!l->n)
		return;
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < l->n; i++)
		ward_json_str(j, l->at[i]);
	ward_json_arr_end(j);
}

static void put_typed(struct ward_json *j, const char *key, const char *type, struct ward_str name)
{
	if (!name.len)
		return;
	ward_json_key(j, key);
	ward_json_obj(j);
	ward_json_key(j, "@type");
	ward_json_z(j, type);
	put(j, "dct:title", name);
	ward_json_obj_end(j);
}

static void put_gaps(struct ward_json *j, const struct ward_proc_verdict *v)
{
	ward_json_key(j, "ward:lacks");
	ward_json_arr(j);
	for (size_t i = 0; i < v->n_gap; i++) {
		ward_json_obj(j);
		put(j, "ward:need", ward_str_z(ward_proc_need_name(v->gap[i].need)));
		put(j, "ward:of", v->gap[i].of);
		put(j, "ward:law", v->gap[i].by->law);
		put(j, "ward:mark", ward_str_z(ward_proc_mark_name(v->gap[i].by->mark)));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_kept(struct ward_json *j, ward_ns kept)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!kept)
		return;
	ward_wr_printf(&w, "PT%lldH", (long long)(kept / WARD_NS_PER_S / 3600));
	ward_json_key(j, "dpv:hasStorageCondition");
	ward_json_obj(j);
	ward_json_key(j, "@type");
	ward_json_z(j, "dpv:StorageDuration");
	put(j, "dpv:hasDuration", ward_wr_text(&w));
	ward_json_obj_end(j);
}

static void put_agreement(struct ward_json *j, const char *key, const struct ward_proc_agreement *g)
{
	if (!g)
		return;
	ward_json_key(j, key);
	ward_json_obj(j);
	put(j, "dct:identifier", g->id);
	put(j, "ward:with", g->with);
	put(j, "dct:title", ward_proc_ref(g));
	ward_json_key(j, "ward:from");
	ward_json_time(j, g->from);
	if (g->until != WARD_NS_NEVER) {
		ward_json_key(j, "ward:until");
		ward_json_time(j, g->until);
	}
	ward_json_obj_end(j);
}

/* dpv:DataProcessor, with those that it engages, and the contract (GDPR 28). */
static void put_processor(const struct ward_processing *p, const struct ward_proc_processor *r,
	ward_ns now, struct ward_json *j)
{
	const struct ward_proc_agreement *g = ward_proc_contract(p, r);

	ward_json_obj(j);
	ward_json_key(j, "@type");
	ward_json_z(j, "dpv:DataProcessor");
	put(j, "dct:identifier", r->id);
	put(j, "dct:title", r->name);
	put(j, "dct:description", r->does);
	put(j, "dpv:hasLocation", r->place);
	put(j, "ward:country", r->country);
	put(j, "ward:instructions", r->instructions);
	if (r->others.n) {
		ward_json_key(j, "dpv:hasDataProcessor");
		ward_json_arr(j);
		for (size_t i = 0; i < r->others.n; i++) {
			ward_json_obj(j);
			put(j, "@type", WARD_STR("dpv:DataSubProcessor"));
			put(j, "dct:title", r->others.at[i]);
			ward_json_obj_end(j);
		}
		ward_json_arr_end(j);
	}
	put_agreement(j, "ward:contract", g);
	ward_json_key(j, "ward:inForce");
	ward_json_bool(j, g && g->from <= now && now < g->until);
	ward_json_obj_end(j);
}

static void put_processors(const struct ward_processing *p, const struct ward_proc_list *of,
	ward_ns now, struct ward_json *j)
{
	ward_json_key(j, "dpv:hasDataProcessor");
	ward_json_arr(j);
	for (size_t i = 0; i < p->n_processor; i++)
		if (!of || proc_has(of, p->processor[i].id))
			put_processor(p, &p->processor[i], now, j);
	ward_json_arr_end(j);
}

static void put_process(const struct ward_processing_view *x, const struct ward_proc_verdict *v,
	struct ward_json *j)
{
	const struct ward_proc_entry *e = v->entry;

	ward_json_obj(j);
	ward_json_key(j, "@type");
	ward_json_z(j, "dpv:Process");
	put(j, "dct:identifier", v->id);
	put(j, "dct:title", v->name);
	put_typed(j, "dpv:hasPurpose", "dpv:Purpose", ward_proc_purpose(v));
	put_ids(j, "dpv:hasLegalBasis", "eu-gdpr:", ward_proc_basis(v));
	if (v->source)
		put(j, "dpv:hasJustification", v->source->legal_basis);
	put_ids(j, "dpv:hasPersonalData", "", ward_proc_data(v));
	put_ids(j, "dpv:hasDataSubject", "", ward_proc_people(v));
	put_kept(j, v->kept);
	if (e) {
		put_texts(j, "dpv:hasRecipient", &e->recipients);
		put_texts(j, "ward:transfers", &e->transfers);
		put_texts(j, "ward:roles", &e->roles);
		put_typed(j, "dpv:hasAssessment", "dpv:DPIA", e->assessment);
		put_processors(x->p, &e->processors, x->now, j);
	}
	put_texts(j, "dpv:hasOrganisationalMeasure", ward_proc_measures(v));
	put_agreement(j, "ward:agreement", v->agreement);
	put(j, "ward:state", ward_str_z(ward_proc_state_name(v->state)));
	put_gaps(j, v);
	ward_json_obj_end(j);
}

static void put_context(struct ward_json *j)
{
	static const char *const name[][2] = {{"dpv", "https://w3id.org/dpv#"},
		{"pd", "https://w3id.org/dpv/pd#"},
		{"eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"},
		{"dct", "http://purl.org/dc/terms/"}, {"ward", "urn:ward:processing:"}};

	ward_json_key(j, "@context");
	ward_json_obj(j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		put(j, name[i][0], ward_str_z(name[i][1]));
	ward_json_obj_end(j);
}

void ward_processing_write_dpv(const struct ward_processing_view *x, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	put_context(&j);
	ward_json_key(&j, "@type");
	ward_json_z(&j, "dpv:ROPA");
	put(&j, "dct:title", ward_model_hospital(x->m)->name);
	ward_json_key(&j, "dct:date");
	ward_json_time(&j, x->now);
	put_typed(&j, "dpv:hasDataController", "dpv:DataController", x->p->controller);
	put(&j, "ward:contact", x->p->contact);
	put_typed(&j, "dpv:hasDataProtectionOfficer", "dpv:DataProtectionOfficer", x->p->officer);
	put_processors(x->p, NULL, x->now, &j);
	ward_json_key(&j, "dpv:hasProcess");
	ward_json_arr(&j);
	for (size_t i = 0; i < x->n; i++)
		if (!x->missing || x->v[i].state != WARD_PROC_RUNS)
			put_process(x, &x->v[i], &j);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}
