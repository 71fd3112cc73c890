#include "cli/change.h"

#include "words/words.h"

static struct ward_str threat_code(const struct ward_cli_tell *t, uint32_t threat)
{
	return ward_threats_at(ward_model_threats(t->m), threat)->code;
}

static struct ward_str threat_name(const struct ward_cli_tell *t, uint32_t threat)
{
	return ward_lang_text(t->lang, ward_threats_at(ward_model_threats(t->m), threat)->name);
}

static bool same_fact(const struct ward_change *a, const struct ward_change *b)
{
	return a->kind == b->kind && a->asset == b->asset && a->threat == b->threat &&
	       a->lo_micro == b->lo_micro;
}

/* What is otherwise, as the head of what it changes. */
static const char *fact_text(const struct ward_change *c, bool hit)
{
	if (c->kind == WARD_CHANGE_FAILED_OVER)
		return hit ? WARD_TEXT("Did another do the work of {name}, this would come, too:")
			   : WARD_TEXT("Did another do the work of {name}, this would be spared:");
	if (c->kind == WARD_CHANGE_ISOLATED)
		return hit ? WARD_TEXT("Were {name} off its networks, this would come, too:")
			   : WARD_TEXT("Were {name} off its networks, this would be spared:");
	return c->lo_micro ? WARD_TEXT("Were {name} wholly protected (against: {what}), this would "
				       "be spared:")
			   : WARD_TEXT("Did nothing protect {name} (against: {what}), this would "
				       "come, too:");
}

static void write_text(const struct ward_pivots *p, const struct ward_cli_tell *t)
{
	ward_wr_ch(t->w, '\n');
	ward_say(t->w, t->lang,
		p->n ? WARD_TEXT("What one fact would change, each by itself:")
		     : WARD_TEXT("No single fact that was tried would change which services are "
				 "hit."));
	ward_wr_ch(t->w, '\n');
	for (size_t i = 0; i < p->n; i++) {
		const struct ward_pivot *x = &p->item[i], *last = i ? x - 1 : NULL;
		bool known = last && same_fact(&last->fact, &x->fact) && last->hit == x->hit;

		if (known && last->service == x->service) {
			ward_wr_z(t->w, ", ");
			ward_wr_str(t->w, threat_name(t, x->threat));
			continue;
		}
		if (i)
			ward_wr_ch(t->w, '\n');
		if (!known) {
			ward_wr_z(t->w, "  ");
			WARD_SAY(t->w, t->lang, fact_text(&x->fact, x->hit),
				{"name", ward_model_node(t->m, x->fact.asset)->name},
				{"what", threat_name(t, x->fact.threat)});
			ward_wr_ch(t->w, '\n');
		}
		ward_wr_z(t->w, "      ");
		WARD_SAY(t->w, t->lang, WARD_TEXT("{name}: {what}"),
			{"name", ward_model_node(t->m, x->service)->name},
			{"what", threat_name(t, x->threat)});
	}
	if (p->n)
		ward_wr_ch(t->w, '\n');
	if (p->whole)
		return;
	ward_wr_z(t->w, "  ");
	ward_say_n(t->w, t->lang, p->n_fact,
		WARD_TEXT_ONE("LIMIT: only {n} fact was tried; there are more"),
		WARD_TEXT("LIMIT: only {n} facts were tried; there are more"));
	ward_wr_ch(t->w, '\n');
}

static void write_json(const struct ward_pivots *p, const struct ward_cli_tell *t)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct ward_pivot *x = &p->item[i];
		const struct ward_change *c = &x->fact;
		struct ward_json j = ward_json_on(t->w);

		ward_json_obj(&j);
		ward_json_put_str(&j, "kind", WARD_STR("fact"));
		ward_json_put_str(&j, "fact",
			c->kind == WARD_CHANGE_FAILED_OVER ? WARD_STR("failed-over")
			: c->kind == WARD_CHANGE_ISOLATED  ? WARD_STR("isolated")
			: c->lo_micro                      ? WARD_STR("protected")
							   : WARD_STR("unprotected"));
		ward_json_put_str(&j, "asset", ward_model_node(t->m, c->asset)->id);
		if (c->kind == WARD_CHANGE_PROTECTED)
			ward_json_put_str(&j, "against", threat_code(t, c->threat));
		ward_json_put_str(&j, "service", ward_model_node(t->m, x->service)->id);
		ward_json_put_str(&j, "threat", threat_code(t, x->threat));
		ward_json_put_str(&j, "then", x->hit ? WARD_STR("hit") : WARD_STR("spared"));
		ward_json_obj_end(&j);
		ward_wr_ch(t->w, '\n');
	}
}

void ward_cli_pivots(const struct ward_pivots *p, const struct ward_cli_tell *t)
{
	if (t->json)
		write_json(p, t);
	else
		write_text(p, t);
}
