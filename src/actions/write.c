/* Actions for people: doing nothing first. */
#include "actions/timeline.h"
#include "recover/recover.h"
#include "words/words.h"
#include "impact/write.h"

enum { TEXT = 160, LONG = 1024, DOWN = 10, MORE = 64 };

struct say {
	const struct ward_actions *p;
	const struct ward_actions_world *w;
	const struct ward_actions_ask *ask;
	struct ward_lang *lang;
	struct ward_wr *to;
};

static struct ward_str name_of(const struct say *s, uint32_t node)
{
	return ward_model_node(s->w->m, node)->name;
}

static struct ward_str clock_text(const struct say *s, ward_ns t, char *buf)
{
	struct ward_wr w = ward_wr_fixed(buf, TEXT);

	ward_recover_write_clock(&w, t, s->ask->now);
	return ward_wr_text(&w);
}

static struct ward_str span_text(const struct say *s, ward_ns ns, char *buf)
{
	struct ward_wr w = ward_wr_fixed(buf, TEXT);

	ward_impact_write_span(&w, ns, s->lang);
	return ward_wr_text(&w);
}

static struct ward_str number_text(const struct say *s, uint64_t n, char *buf)
{
	struct ward_wr w = ward_wr_fixed(buf, TEXT);

	ward_say_number(&w, s->lang, n);
	return ward_wr_text(&w);
}

static struct ward_str whole(const struct say *s, int64_t micro, char *buf)
{
	if (micro == WARD_ACTIONS_UNKNOWN)
		return WARD_STR("?");
	return number_text(s, micro > 0 ? (uint64_t)(micro + 500000) / 1000000 : 0, buf);
}

/* At most WARD_ACTIONS_TOLD of them, and how many more. */
static struct ward_str names_text(const struct say *s, const uint32_t *node, size_t n, char *buf)
{
	struct ward_wr w = ward_wr_fixed(buf, LONG);
	size_t told = 0;

	for (; told < n && told < WARD_ACTIONS_TOLD; told++) {
		struct ward_str name = name_of(s, node[told]);

		if (w.len + name.len + MORE > LONG)
			break;
		ward_wr_z(&w, told ? ", " : "");
		ward_wr_str(&w, name);
	}
	if (told < n) {
		ward_wr_z(&w, told ? ", " : "");
		ward_say_n(&w, s->lang, n - told, WARD_TEXT_ONE("and {n} more"),
			WARD_TEXT("and {n} more"));
	}
	return ward_wr_text(&w);
}

static void line(const struct say *s)
{
	ward_wr_z(s->to, "\n        ");
}

static void end(const struct say *s)
{
	ward_wr_ch(s->to, '\n');
}

static void write_nothing(const struct say *s)
{
	const struct ward_actions *p = s->p;
	char text[4][TEXT];

	WARD_SAY(s->to, s->lang,
		WARD_TEXT("If nothing is done: {units} care units (at the worst {worst}), "
			  "{minutes} service minutes lost in the next {span}"),
		{"units", whole(s, p->nothing.care_micro, text[0])},
		{"worst", whole(s, p->nothing.worst_micro, text[3])},
		{"minutes", whole(s, p->nothing.minutes_micro, text[1])},
		{"span", span_text(s, s->ask->horizon, text[2])});
	end(s);
	for (size_t i = 0; i < p->n_down && i < DOWN; i++) {
		char likelihood[TEXT];
		struct ward_wr w = ward_wr_fixed(likelihood, TEXT);

		ward_impact_write_likelihood(&w, &p->down[i], s->lang);
		ward_wr_z(s->to, "        ");
		WARD_SAY(s->to, s->lang, WARD_TEXT("{time}  {name}, likelihood {likelihood}"),
			{"time", clock_text(s, p->down[i].expected, text[0])},
			{"name", name_of(s, p->down[i].asset)}, {"likelihood", ward_wr_text(&w)});
		end(s);
	}
	if (p->n_down > DOWN) {
		ward_wr_z(s->to, "        ");
		ward_say_n(s->to, s->lang, p->n_down - DOWN,
			WARD_TEXT_ONE("and {n} more; --json lists all"),
			WARD_TEXT("and {n} more; --json lists all"));
		end(s);
	}
	ward_endless_say(&p->endless, s->w->m, s->lang, s->to);
}

static void write_role(const struct say *s, const struct ward_actions_item *it)
{
	const struct ward_action *x = &s->w->set->action[it->action];
	struct ward_str role = it->approve == WARD_NONE ? x->role : name_of(s, it->approve);

	line(s);
	if (it->word != WARD_NONE)
		WARD_SAY(s->to, s->lang,
			WARD_TEXT("{role} approves, and for the clinical side {name}"),
			{"role", role}, {"name", name_of(s, it->word)});
	else
		WARD_SAY(s->to, s->lang, WARD_TEXT("{role} approves"), {"role", role});
}

/* Services that it harms itself, where there are any. */
static void write_side(const struct say *s, const struct ward_impact *side, size_t n_side,
	int64_t units_micro, const char *english)
{
	char units[TEXT], names[LONG];
	uint32_t hurt[WARD_ACTIONS_TOLD];

	if (!n_side)
		return;
	for (size_t n = 0; n < n_side && n < WARD_ACTIONS_TOLD; n++)
		hurt[n] = side[n].asset;
	line(s);
	WARD_SAY(s->to, s->lang, english, {"names", names_text(s, hurt, n_side, names)},
		{"units", whole(s, units_micro, units)});
}

/* Does it avoid care lost, but none at the worst? */
static bool is_late(const struct say *s, const struct ward_actions_loss *after)
{
	return after->worst_micro != WARD_ACTIONS_UNKNOWN &&
	       s->p->nothing.care_micro - after->care_micro >= 500000 &&
	       s->p->nothing.worst_micro - after->worst_micro < 500000;
}

static void write_effect(const struct say *s, const struct ward_actions_item *it)
{
	char text[4][TEXT], names[LONG];
	int64_t less = s->p->nothing.care_micro - it->after.care_micro;
	int64_t minutes = s->p->nothing.minutes_micro - it->after.minutes_micro;

	line(s);
	if (it->with) {
		ward_say(s->to, s->lang,
			WARD_TEXT(
				"works only with those beside it that keep what it works by; with "
				"them:"));
		line(s);
	}
	if (less < 0)
		WARD_SAY(s->to, s->lang,
			WARD_TEXT("costs more than it avoids: {units} care units more are lost; "
				  "left {left}, at the worst {worst}"),
			{"units", whole(s, -less, text[0])},
			{"left", whole(s, it->after.care_micro, text[2])},
			{"worst", whole(s, it->after.worst_micro, text[3])});
	else
		WARD_SAY(s->to, s->lang,
			WARD_TEXT("avoids {units} care units, {minutes} service minutes; left "
				  "{left}, at the worst {worst}"),
			{"units", whole(s, less, text[0])}, {"minutes", whole(s, minutes, text[1])},
			{"left", whole(s, it->after.care_micro, text[2])},
			{"worst", whole(s, it->after.worst_micro, text[3])});
	if (is_late(s, &it->after)) {
		line(s);
		ward_say(s->to, s->lang,
			WARD_TEXT("at the worst it avoids nothing: it comes too late for that, or "
				  "other causes do the same"));
	}
	if (it->n_saved) {
		line(s);
		WARD_SAY(s->to, s->lang, WARD_TEXT("saves: {names}"),
			{"names", names_text(s, it->saved, it->n_saved, names)});
	}
	if (!it->n_side)
		return;
	write_side(s, it->side, it->n_down, it->down_micro,
		WARD_TEXT("takes down itself: {names} ({units} care units a minute)"));
	write_side(s, it->side + it->n_down, it->n_side - it->n_down,
		it->harm_micro - it->down_micro,
		WARD_TEXT("makes an outage likelier or sooner: {names} ({units} care units a "
			  "minute)"));
}

static void write_item(const struct say *s, size_t i)
{
	const struct ward_actions_item *it = &s->p->item[i];
	const struct ward_action *x = &s->w->set->action[it->action];
	char text[2][TEXT];

	ward_wr_printf(s->to, "  %s%2zu  ", it->chosen ? "*" : " ", i + 1);
	WARD_SAY(s->to, s->lang, x->text.p, {"name", name_of(s, it->node)});
	line(s);
	WARD_SAY(s->to, s->lang, WARD_TEXT("has its effect at {time}; {money} EUR; {team}: {n}"),
		{"time", clock_text(s, s->ask->now + x->takes, text[0])},
		{"money", number_text(s, x->cost * 100, text[1])},
		{"team", ward_lang_text(s->lang, s->w->works->team[x->team].name)},
		{"n", number_text(s, x->people, (char[TEXT]){0})});
	if (it->beyond) {
		line(s);
		ward_say(s->to, s->lang, WARD_TEXT("takes more people or money than there is"));
	}
	write_effect(s, it);
	write_role(s, it);
	end(s);
}

/* Those that change something; how many do not. */
static void write_items(const struct say *s)
{
	size_t told = 0, more = 0, idle = 0;
	char text[TEXT];

	for (size_t i = 0; i < s->p->n_item; i++) {
		const struct ward_actions_item *it = &s->p->item[i];

		if (!ward_actions_changes(s->p, it)) {
			idle++;
		} else if (told == WARD_ACTIONS_SHOWN && !it->chosen) {
			more++;
		} else {
			write_item(s, i);
			told += told < WARD_ACTIONS_SHOWN;
		}
	}
	if (more) {
		ward_wr_z(s->to, "  ");
		ward_say_n(s->to, s->lang, more, WARD_TEXT_ONE("and {n} more; --json lists all"),
			WARD_TEXT("and {n} more; --json lists all"));
		end(s);
	}
	if (idle) {
		ward_wr_z(s->to, "  ");
		WARD_SAY(s->to, s->lang,
			WARD_TEXT(
				"avoid nothing in this time by themselves: {n}; --json lists them"),
			{"n", number_text(s, idle, text)});
		end(s);
	}
}

/* How the best was found. */
static void write_search(const struct say *s)
{
	const struct ward_actions *p = s->p;
	char text[2][TEXT];

	if (p->exact)
		WARD_SAY(s->to, s->lang,
			WARD_TEXT("All combinations of those that help by themselves were tried; "
				  "these "
				  "are {n}"),
			{"n", number_text(s, p->n_useful, text[0])});
	else if (p->one_by_one)
		WARD_SAY(s->to, s->lang,
			WARD_TEXT("Of {n} actions that help by themselves the best was added one "
				  "by one; all of "
				  "them "
				  "at once, at no cost, would leave {bound}"),
			{"n", number_text(s, p->n_useful, text[0])},
			{"bound", whole(s, p->bound_micro, text[1])});
	if (p->exact || p->one_by_one)
		end(s);
}

static void write_spent(const struct say *s)
{
	if (!s->p->spent)
		return;
	ward_say(s->to, s->lang,
		WARD_TEXT("LIMIT: the search came to its limit of effort; there may be better "
			  "combinations."));
	end(s);
}

static void write_unseen(const struct say *s)
{
	char text[TEXT];
	size_t n = s->p->n_more + s->p->n_unjudged;

	if (!n)
		return;
	WARD_SAY(s->to, s->lang,
		WARD_TEXT("Beyond these {n} were not looked at: there may be better"),
		{"n", number_text(s, n, text)});
	end(s);
}

static void write_best(const struct say *s)
{
	const struct ward_actions *p = s->p;
	char text[5][TEXT];
	size_t n = 0;

	for (size_t i = 0; i < p->n_item; i++)
		n += p->item[i].chosen;
	end(s);
	if (!n) {
		ward_say(s->to, s->lang,
			WARD_TEXT("No combination of these is better than doing nothing."));
		end(s);
		write_spent(s);
		write_unseen(s);
		return;
	}
	WARD_SAY(s->to, s->lang,
		WARD_TEXT("Best together (marked *): {units} care units lost (at the worst "
			  "{worst}) instead of {nothing} (at the worst {most}), for {money} EUR"),
		{"worst", whole(s, p->best.worst_micro, text[3])},
		{"most", whole(s, p->nothing.worst_micro, text[4])},
		{"units", whole(s, p->best.care_micro, text[0])},
		{"nothing", whole(s, p->nothing.care_micro, text[1])},
		{"money", number_text(s, p->best_cost * 100, text[2])});
	end(s);
	if (is_late(s, &p->best)) {
		ward_say(s->to, s->lang,
			WARD_TEXT("At the worst they avoid nothing: they come too late for that, "
				  "or other causes do the same."));
		end(s);
	}
	write_search(s);
	write_spent(s);
	write_unseen(s);
}

static void write_count(const struct say *s, const char *english, size_t n)
{
	char text[TEXT];

	if (!n)
		return;
	WARD_SAY(s->to, s->lang, english, {"n", number_text(s, n, text)});
	end(s);
}

void ward_actions_write_nothing_text(const struct ward_actions *p,
	const struct ward_actions_world *w, const struct ward_actions_ask *ask,
	struct ward_lang *lang, struct ward_wr *to)
{
	const struct say s = {p, w, ask, lang, to};

	write_nothing(&s);
}

void ward_actions_write_text(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, struct ward_wr *to)
{
	struct say s = {p, w, ask, lang, to};

	if (!p->told)
		write_nothing(&s);
	end(&s);
	if (p->n_item) {
		ward_say(to, lang,
			WARD_TEXT("Actions, the best first, 100 EUR weighing one care unit; "
				  "people decide:"));
		end(&s);
	} else {
		ward_say(to, lang, WARD_TEXT("No action is known against this."));
		end(&s);
	}
	write_items(&s);
	if (p->n_item)
		write_best(&s);
	if (ask->timeline) {
		ward_actions_timeline(p, w, ask, lang, to);
		end(&s);
	}
	write_count(&s, WARD_TEXT("Not proposed, on medical devices: {n}"), p->n_medical);
	write_count(&s,
		WARD_TEXT("Not proposed, locks: the hospital gives no plan of evacuation "
			  "(evacuation.yml), so no door is known not to be a way of escape: {n}"),
		p->n_planless);
	write_count(&s,
		WARD_TEXT("Not proposed, locks on ways of escape or of the fire brigade: {n}"),
		p->n_escape);
	write_count(&s, WARD_TEXT("Not proposed, locks while there is fire: {n}"), p->n_fire);
	write_count(
		&s, WARD_TEXT("Not proposed, where there is or may be fire: {n}"), p->n_burning);
	write_count(&s,
		WARD_TEXT("Not proposed, as what they work by fails too or is not there: {n}"),
		p->n_unreliable);
	write_count(&s,
		WARD_TEXT("Not proposed, as what they work by fails too, and with what keeps it "
			  "they take more people or money than there is (--teams, --budget): {n}"),
		p->n_short);
	write_count(&s,
		WARD_TEXT("Not proposed, as no clinical role of the hospital can agree: {n}"),
		p->n_unanswered);
	write_count(&s, WARD_TEXT("Not judged, their forecast is beyond the limit: {n}"),
		p->n_unjudged);
	write_count(&s, WARD_TEXT("Not looked at, beyond the limit: {n}"), p->n_more);
}
