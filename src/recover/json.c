/* A plan for programs: one object per line. */
#include "recover/recover.h"
#include "words/words.h"

struct out {
	const struct ward_recover *p;
	const struct ward_model *m;
	const struct ward_works *works;
	struct ward_lang *lang;
	struct ward_json j;
};

static void text(struct out *o, const char *key, struct ward_str s)
{
	ward_json_key(&o->j, key);
	ward_json_str(&o->j, s);
}

static void id(struct out *o, const char *key, uint32_t node)
{
	text(o, key, ward_model_node(o->m, node)->id);
}

static void ids(struct out *o, const char *key, const uint32_t *node, size_t n)
{
	ward_json_key(&o->j, key);
	ward_json_arr(&o->j);
	for (size_t i = 0; i < n; i++)
		ward_json_str(&o->j, ward_model_node(o->m, node[i])->id);
	ward_json_arr_end(&o->j);
}

static void seconds(struct out *o, const char *key, ward_ns ns)
{
	ward_json_key(&o->j, key);
	ward_json_i64(&o->j, ns / WARD_NS_PER_S);
}

static void moment(struct out *o, const char *key, ward_ns t)
{
	ward_json_key(&o->j, key);
	ward_json_time(&o->j, t);
}

static void flag(struct out *o, const char *key, bool v)
{
	ward_json_key(&o->j, key);
	ward_json_bool(&o->j, v);
}

static void number(struct out *o, const char *key, uint64_t v)
{
	ward_json_key(&o->j, key);
	ward_json_u64(&o->j, v);
}

static void micro(struct out *o, const char *key, int64_t v)
{
	ward_json_key(&o->j, key);
	ward_json_micro(&o->j, v);
}

static void begin(struct out *o, struct ward_wr *w, const char *kind)
{
	o->j = ward_json_on(w);
	ward_json_obj(&o->j);
	ward_json_key(&o->j, "kind");
	ward_json_z(&o->j, kind);
}

static void end(struct out *o, struct ward_wr *w)
{
	ward_json_obj_end(&o->j);
	ward_wr_ch(w, '\n');
}

static void write_job(struct out *o, const struct ward_recover_job *job, struct ward_wr *w)
{
	const struct ward_threat *t = ward_threats_at(ward_model_threats(o->m), job->threat);

	begin(o, w, "work");
	id(o, "asset", job->node);
	text(o, "asset_name", ward_model_node(o->m, job->node)->name);
	text(o, "threat", t->code);
	text(o, "work", job->work->id);
	text(o, "text", ward_lang_text(o->lang, job->work->text));
	text(o, "team", o->works->team[job->team].id);
	number(o, "team_number", job->number + 1);
	moment(o, "struck", job->struck);
	moment(o, "begin", job->begin);
	moment(o, "worked", job->worked);
	moment(o, "end", job->end);
	seconds(o, "verify_s", job->end - job->worked);
	seconds(o, "late_s", job->late);
	flag(o, "done", job->done);
	flag(o, "stated", job->stated);
	flag(o, "by_hand", job->by_hand);
	flag(o, "medical", job->medical);
	flag(o, "isolate", job->isolate);
	flag(o, "isolate_clinical", job->clinical);
	if (job->word != WARD_NONE)
		id(o, "clinical_role", job->word);
	if (job->waits != WARD_NONE)
		id(o, "waits_for", o->p->job[job->waits].node);
	ids(o, "gives_back", o->p->give + job->gives, job->n_gives);
	number(o, "helps", job->helps);
	ids(o, "keep_off", o->p->off + job->off, job->n_off);
	number(o, "keep_off_more", job->off_more);
	end(o, w);
}

static void write_service(struct out *o, const struct ward_recover_service *v, struct ward_wr *w)
{
	ward_ns away = v->back - v->down;

	begin(o, w, "service");
	id(o, "asset", v->node);
	text(o, "asset_name", ward_model_node(o->m, v->node)->name);
	flag(o, "falls", away > 0);
	moment(o, "down", v->down);
	moment(o, "back", v->back);
	seconds(o, "away_s", away);
	ward_json_key(&o->j, "mtpd_s");
	if (v->mtpd)
		ward_json_i64(&o->j, v->mtpd / WARD_NS_PER_S);
	else
		ward_json_null(&o->j);
	flag(o, "mtpd_assumed", v->assumed);
	seconds(o, "broken_by_s", v->mtpd && away > v->mtpd ? away - v->mtpd : 0);
	micro(o, "weight", v->weight_micro);
	if (v->last != WARD_NONE)
		id(o, "waits_for", o->p->job[v->last].node);
	end(o, w);
}

static void write_risk(struct out *o, const struct ward_recover_risk *r, struct ward_wr *w)
{
	begin(o, w, "unlikely_service");
	id(o, "asset", r->node);
	text(o, "asset_name", ward_model_node(o->m, r->node)->name);
	moment(o, "expected", r->expected);
	micro(o, "likelihood_lo", r->lo_micro);
	micro(o, "likelihood_hi", r->hi_micro);
	text(o, "likelihood_by", ward_str_z(ward_likelihood_by_name(r->by)));
	end(o, w);
}

static void cost(struct out *o, const char *key, const struct ward_recover_cost *c)
{
	ward_json_key(&o->j, key);
	ward_json_obj(&o->j);
	number(o, "service_min", (uint64_t)(c->lost / WARD_NS_PER_S / 60));
	micro(o, "care_units", c->care_micro);
	number(o, "mtpd_broken", c->broken);
	micro(o, "score", c->score_micro);
	ward_json_obj_end(&o->j);
}

void ward_recover_write_json(const struct ward_recover *p, const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, struct ward_lang *lang, struct ward_wr *to)
{
	struct out o = {.p = p, .m = w->m, .works = w->works, .lang = lang};

	for (size_t j = 0; j < p->n_job; j++)
		write_job(&o, &p->job[j], to);
	for (size_t i = 0; i < p->n_service; i++)
		write_service(&o, &p->service[i], to);
	for (size_t i = 0; i < p->n_risk; i++)
		write_risk(&o, &p->risk[i], to);
	begin(&o, to, "summary");
	moment(&o, "at", ask->at);
	moment(&o, "now", ask->now);
	number(&o, "works", p->n_job);
	number(&o, "services", p->n_service);
	ward_json_key(&o.j, "teams");
	ward_json_obj(&o.j);
	for (size_t k = 0; k < w->works->n_team; k++) {
		ward_json_key_str(&o.j, w->works->team[k].id);
		ward_json_u64(&o.j, p->teams[k]);
	}
	ward_json_obj_end(&o.j);
	cost(&o, "plan", &p->plan);
	cost(&o, "naive", &p->naive);
	flag(&o, "weighed", p->weighed);
	flag(&o, "exact", p->exact);
	micro(&o, "bound", p->exact ? p->plan.score_micro : p->bound_micro);
	number(&o, "unlikely", p->n_unlikely);
	number(&o, "unlikely_services", p->n_risk);
	number(&o, "spared", p->n_spared);
	number(&o, "medical", p->n_medical);
	ward_json_key(&o.j, "not_among_works");
	ward_json_arr(&o.j);
	for (size_t i = 0; i < ask->n_fact; i++)
		if (!ward_recover_has(p, ask->fact[i].node))
			ward_json_str(&o.j, ward_model_node(w->m, ask->fact[i].node)->id);
	ward_json_arr_end(&o.j);
	end(&o, to);
}
