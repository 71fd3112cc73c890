/* A plan for people: works by time, then services, then what the order is worth. */
#include "recover/recover.h"
#include "story/zone.h"
#include "words/words.h"
#include "impact/write.h"

enum { NAMES_MAX = 12, REST_MAX = 6, TEXT = 160, LONG = 1024 };

struct say {
	const struct ward_recover *p;
	const struct ward_model *m;
	const struct ward_works *works;
	const struct ward_recover_ask *ask;
	struct ward_lang *lang;
	struct ward_wr *w;
};

static struct ward_str name_of(const struct say *s, uint32_t node)
{
	return ward_model_node(s->m, node)->name;
}

static void two(struct ward_wr *w, int n)
{
	ward_wr_ch(w, (char)('0' + n / 10 % 10));
	ward_wr_ch(w, (char)('0' + n % 10));
}

void ward_recover_write_clock(struct ward_wr *w, ward_ns t, ward_ns now)
{
	struct ward_local at, today;

	ward_zone_local(t, &at);
	ward_zone_local(now, &today);
	if (at.year != today.year)
		ward_wr_printf(w, "%d-", at.year);
	if (at.day != today.day || at.month != today.month || at.year != today.year) {
		two(w, at.month);
		ward_wr_ch(w, '-');
		two(w, at.day);
		ward_wr_ch(w, ' ');
	}
	two(w, at.hour);
	ward_wr_ch(w, ':');
	two(w, at.minute);
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

/* "A, B, C (+3)" */
static struct ward_str names_text(
	const struct say *s, const uint32_t *node, size_t n, size_t more, char *buf)
{
	struct ward_wr w = ward_wr_fixed(buf, LONG);
	size_t told = 0;

	while (told < n && told < NAMES_MAX) {
		struct ward_str name = name_of(s, node[told]);

		if (w.len + name.len + 32 > LONG)
			break;
		if (told++)
			ward_wr_z(&w, ", ");
		ward_wr_str(&w, name);
	}
	if (n - told + more)
		ward_wr_printf(&w, " (+%zu)", n - told + more);
	return ward_wr_text(&w);
}

static void line(const struct say *s)
{
	ward_wr_z(s->w, "\n                 ");
}

static void end(const struct say *s)
{
	ward_wr_ch(s->w, '\n');
}

static void write_gates(const struct say *s, const struct ward_recover_job *j)
{
	char text[2][TEXT];

	if (j->end > j->worked) {
		line(s);
		WARD_SAY(s->w, s->lang,
			WARD_TEXT("then verify that it is clean, {span}; connect it to nothing "
				  "before {time}"),
			{"span", span_text(s, j->end - j->worked, text[0])},
			{"time", clock_text(s, j->end, text[1])});
	}
	if (j->n_off) {
		line(s);
		ward_say_n(s->w, s->lang, j->n_off + j->off_more,
			WARD_TEXT_ONE(
				"{n} neighbour on its network is not yet found clean then, and "
				"stays off"),
			WARD_TEXT("{n} neighbours on its network are not yet found clean then, and "
				  "stay off"));
	}
	if (j->by_hand) {
		line(s);
		ward_say(s->w, s->lang,
			WARD_TEXT("what supplies it hangs on itself: begin without"));
	}
	if (j->waits != WARD_NONE) {
		line(s);
		WARD_SAY(s->w, s->lang, WARD_TEXT("cannot begin before this is back: {name}"),
			{"name", name_of(s, s->p->job[j->waits].node)});
	}
}

static void write_why(const struct say *s, const struct ward_recover_job *j)
{
	char names[LONG];

	if (j->n_gives) {
		line(s);
		WARD_SAY(s->w, s->lang, WARD_TEXT("gives back: {names}"),
			{"names", names_text(s, s->p->give + j->gives, j->n_gives, 0, names)});
	}
	if (j->helps) {
		line(s);
		ward_say_n(s->w, s->lang, j->helps,
			WARD_TEXT_ONE("{n} service needs it too, and something that is back later"),
			WARD_TEXT("{n} services need it too, and something that is back later"));
	}
}

/* "  09:00–09:30    Name: what it has" */
static void write_when(const struct say *s, const struct ward_recover_job *j)
{
	const struct ward_threat *t = ward_threats_at(ward_model_threats(s->m), j->threat);
	char text[2][TEXT];

	ward_wr_z(s->w, "  ");
	ward_wr_str(s->w, clock_text(s, j->begin, text[0]));
	if (!j->done) {
		ward_wr_z(s->w, "\u2013");
		ward_wr_str(s->w, clock_text(s, j->end, text[1]));
	}
	ward_wr_z(s->w, "    ");
	ward_wr_str(s->w, name_of(s, j->node));
	ward_wr_z(s->w, ": ");
	ward_say_inner(s->w, ward_lang_text(s->lang, t->name));
}

static void write_job(const struct say *s, const struct ward_recover_job *j)
{
	char text[TEXT];

	write_when(s, j);
	line(s);
	if (j->done) {
		ward_say(s->w, s->lang, WARD_TEXT("is done"));
	} else {
		ward_wr_str(s->w, ward_lang_text(s->lang, s->works->team[j->team].name));
		ward_wr_printf(s->w, " %u: ", j->number + 1);
		ward_wr_str(s->w, ward_lang_text(s->lang, j->work->text));
		ward_wr_z(s->w, ", ");
		ward_wr_str(s->w, span_text(s, j->worked - j->begin, text));
	}
	if (j->late) {
		ward_wr_z(s->w, " (");
		WARD_SAY(s->w, s->lang, WARD_TEXT("{span} longer than planned"),
			{"span", span_text(s, j->late, text)});
		ward_wr_ch(s->w, ')');
	}
	write_gates(s, j);
	write_why(s, j);
	end(s);
}

/* Some service that is down waits for it. */
static bool wanted(const struct ward_recover_job *j)
{
	return j->n_gives || j->helps || j->done;
}

/* Things to be off their networks, of those that are clinical or not, by the word of that role. */
static size_t write_off_names(
	const struct say *s, bool clinical, uint32_t word, const char *english)
{
	uint32_t node[NAMES_MAX];
	size_t n = 0;
	char names[LONG];

	for (size_t j = 0; j < s->p->n_job; j++) {
		const struct ward_recover_job *job = &s->p->job[j];

		if (!job->isolate || job->clinical != clinical || job->word != word)
			continue;
		if (n < NAMES_MAX)
			node[n] = job->node;
		n++;
	}
	if (!n)
		return 0;
	WARD_SAY(s->w, s->lang, english,
		{"names", names_text(s, node, n < NAMES_MAX ? n : NAMES_MAX,
				  n < NAMES_MAX ? 0 : n - NAMES_MAX, names)},
		{"role", word == WARD_NONE ? WARD_STR("") : name_of(s, word)});
	end(s);
	return n;
}

/* Has an earlier job the same word? Then it is told. */
static bool word_told(const struct say *s, size_t j)
{
	for (size_t i = 0; i < j; i++)
		if (s->p->job[i].clinical && s->p->job[i].word == s->p->job[j].word)
			return true;
	return false;
}

/* What is struck by something that may spread is off its networks from the first moment on; but not
 * by this plan alone where care or a medical device goes with it. */
static void write_off(const struct say *s)
{
	size_t n = write_off_names(s, false, WARD_NONE,
		WARD_TEXT("Take off their networks as soon as they are struck, until found clean: "
			  "{names}"));

	for (size_t j = 0; j < s->p->n_job; j++) {
		const struct ward_recover_job *job = &s->p->job[j];

		if (!job->clinical || word_told(s, j))
			continue;
		n += write_off_names(s, true, job->word,
			job->word == WARD_NONE
				? WARD_TEXT("Do not take off their networks by this plan, as care "
					    "or medical devices may go with them and the hospital "
					    "has "
					    "no clinical role that can agree: {names}")
				: WARD_TEXT(
					  "Take off their networks only with the word of {role}, "
					  "as care or medical devices may go with them: {names}"));
	}
	if (n)
		end(s);
}

/* Works that no service waits for: the first of them, shortly. */
static void write_rest(const struct say *s)
{
	size_t n = 0;
	ward_ns until = 0;
	char text[2][TEXT];

	bool some = false;

	for (size_t j = 0; j < s->p->n_job; j++)
		some = some || wanted(&s->p->job[j]);
	for (size_t j = 0; j < s->p->n_job; j++) {
		const struct ward_recover_job *job = &s->p->job[j];

		if (wanted(job))
			continue;
		if (!n) {
			if (some)
				end(s);
			ward_say(s->w, s->lang,
				WARD_TEXT("Beside them, as no service that is down waits for it:"));
			end(s);
		}
		until = job->end > until ? job->end : until;
		if (n++ >= REST_MAX)
			continue;
		write_when(s, job);
		ward_wr_z(s->w, " (");
		ward_wr_str(s->w, ward_lang_text(s->lang, s->works->team[job->team].name));
		ward_wr_printf(s->w, " %u)", job->number + 1);
		end(s);
	}
	if (n > REST_MAX) {
		ward_wr_z(s->w, "  ");
		WARD_SAY(s->w, s->lang, WARD_TEXT("and {n} more until {time}; --json lists all"),
			{"n", number_text(s, n - REST_MAX, text[0])},
			{"time", clock_text(s, until, text[1])});
		end(s);
	}
}

static void write_service(const struct say *s, const struct ward_recover_service *v)
{
	ward_ns away = v->back - v->down, spare = v->mtpd - away;
	char text[5][TEXT];

	ward_wr_z(s->w, "  ");
	if (!away) {
		WARD_SAY(s->w, s->lang,
			WARD_TEXT("{name}: does not fall, its cause is gone before"),
			{"name", name_of(s, v->node)});
		end(s);
		return;
	}
	WARD_SAY(s->w, s->lang,
		!v->mtpd ? WARD_TEXT("{name}: {down} to {back}, away {span}; how long it can be "
				     "is not stated")
		: !spare ? WARD_TEXT("{name}: {down} to {back}, away {span}, as long as it can be: "
				     "kept")
		: spare > 0 ? WARD_TEXT("{name}: {down} to {back}, away {span} of {mtpd} that it "
					"can be: kept, {spare} to spare")
			    : WARD_TEXT("{name}: {down} to {back}, away {span} of {mtpd} that it "
					"can be: BROKEN by {spare}"),
		{"name", name_of(s, v->node)}, {"down", clock_text(s, v->down, text[0])},
		{"back", clock_text(s, v->back, text[1])}, {"span", span_text(s, away, text[2])},
		{"mtpd", span_text(s, v->mtpd, text[3])},
		{"spare", span_text(s, spare < 0 ? -spare : spare, text[4])});
	if (v->mtpd && v->assumed) {
		ward_wr_ch(s->w, ' ');
		ward_say(s->w, s->lang, WARD_TEXT("(assumed for its class)"));
	}
	end(s);
}

static uint64_t minutes(ward_ns ns)
{
	return (uint64_t)(ns / WARD_NS_PER_S / 60);
}

static uint64_t units(int64_t micro)
{
	return (uint64_t)(micro + 500000) / 1000000;
}

/* "Imaging (3–40 %), Theatres (0–10 %)" */
static struct ward_str risks_text(const struct say *s, char *buf)
{
	struct ward_wr w = ward_wr_fixed(buf, LONG);
	size_t told = 0;

	for (; told < s->p->n_risk && told < NAMES_MAX; told++) {
		const struct ward_recover_risk *r = &s->p->risk[told];
		struct ward_impact it = {.lo_micro = (int32_t)r->lo_micro,
			.hi_micro = (int32_t)r->hi_micro,
			.by = (uint8_t)r->by};
		struct ward_str name = name_of(s, r->node);

		if (w.len + name.len + 64 > LONG)
			break;
		ward_wr_z(&w, told ? ", " : "");
		ward_wr_str(&w, name);
		ward_wr_z(&w, " (");
		ward_impact_write_likelihood(&w, &it, s->lang);
		ward_wr_ch(&w, ')');
	}
	if (told < s->p->n_risk)
		ward_wr_printf(&w, " (+%zu)", s->p->n_risk - told);
	return ward_wr_text(&w);
}

static void write_risks(const struct say *s)
{
	char names[LONG], percent[TEXT];

	if (!s->p->n_risk)
		return;
	end(s);
	WARD_SAY(s->w, s->lang,
		WARD_TEXT("Services that may also fall, by what is less likely than {percent} %: "
			  "{names}"),
		{"percent", number_text(s, (uint64_t)s->ask->likely_micro / 10000, percent)},
		{"names", risks_text(s, names)});
	end(s);
}

/* That no order is better holds for what is planned for alone: not a word of it where there is
 * more. */
static void write_best(const struct say *s)
{
	const struct ward_recover *p = s->p;
	char text[2][TEXT];

	if (!p->weighed) {
		ward_say(s->w, s->lang,
			WARD_TEXT("Too many works and services to weigh each against each: begun "
				  "from the order in which they failed."));
		end(s);
	}
	if (p->exact && p->n_risk)
		ward_say(s->w, s->lang,
			WARD_TEXT("The comparison of orders counts only what is likely; --likely N "
				  "lowers what that means."));
	else if (p->exact)
		ward_say(s->w, s->lang,
			WARD_TEXT("No order of these works is better (by care units, tenfold "
				  "beyond what a service can be away)."));
	else
		WARD_SAY(s->w, s->lang,
			WARD_TEXT("A better order may exist: this one scores {score} (care units, "
				  "tenfold beyond what a service can be away), none can score "
				  "below {bound}."),
			{"score", number_text(s, units(p->plan.score_micro), text[0])},
			{"bound", number_text(s, units(p->bound_micro), text[1])});
	end(s);
	if (!p->exact && p->n_risk) {
		ward_say(s->w, s->lang,
			WARD_TEXT("The comparison of orders counts only what is likely; --likely N "
				  "lowers what that means."));
		end(s);
	}
}

static void write_worth(const struct say *s)
{
	const struct ward_recover *p = s->p;
	char text[6][TEXT];

	end(s);
	if (p->n_risk && !p->plan.lost && !p->naive.lost) {
		write_best(s); /* 0 lost of what is likely: no comfort */
		return;
	}
	WARD_SAY(s->w, s->lang,
		WARD_TEXT("In this order: {minutes} service minutes and {units} care units lost; "
			  "services away for longer than they can be: {broken}"),
		{"minutes", number_text(s, minutes(p->plan.lost), text[0])},
		{"units", number_text(s, units(p->plan.care_micro), text[1])},
		{"broken", number_text(s, p->plan.broken, text[2])});
	end(s);
	WARD_SAY(s->w, s->lang,
		WARD_TEXT("First failed, first repaired: {minutes}, {units}; {broken}"),
		{"minutes", number_text(s, minutes(p->naive.lost), text[3])},
		{"units", number_text(s, units(p->naive.care_micro), text[4])},
		{"broken", number_text(s, p->naive.broken, text[5])});
	end(s);
	write_best(s);
}

static void write_left(const struct say *s)
{
	const struct ward_recover *p = s->p;
	char text[2][TEXT];

	for (size_t i = 0; i < s->ask->n_fact; i++) {
		if (ward_recover_has(p, s->ask->fact[i].node))
			continue;
		WARD_SAY(s->w, s->lang, WARD_TEXT("{name} is not among the works"),
			{"name", name_of(s, s->ask->fact[i].node)});
		end(s);
	}
	if (p->n_medical) {
		ward_say_n(s->w, s->lang, p->n_medical,
			WARD_TEXT_ONE("{n} work is on a medical device: its engineer and the ward "
				      "decide, nothing is done from afar."),
			WARD_TEXT("{n} works are on medical devices: their engineer and the wards "
				  "decide, nothing is done from afar."));
		end(s);
	}
	if (p->n_unlikely) {
		WARD_SAY(s->w, s->lang,
			WARD_TEXT("Not planned for, but look before you rely on them: things that "
				  "may be struck too, each less likely than {percent} %: {n}"),
			{"percent",
				number_text(s, (uint64_t)s->ask->likely_micro / 10000, text[0])},
			{"n", number_text(s, p->n_unlikely, text[1])});
		end(s);
	}
	if (p->n_spared) {
		WARD_SAY(s->w, s->lang,
			WARD_TEXT("Spared, as nothing is struck from {time} on: {n}"),
			{"time", clock_text(s, s->ask->stopped, text[0])},
			{"n", number_text(s, p->n_spared, text[1])});
		end(s);
	}
}

static void write_teams(const struct say *s)
{
	bool used[WARD_TEAMS_MAX] = {false}, first = true;

	for (size_t j = 0; j < s->p->n_job; j++)
		used[s->p->job[j].team] = true;
	ward_wr_z(s->w, "  ");
	for (size_t k = 0; k < s->works->n_team; k++) {
		if (!used[k])
			continue;
		ward_wr_z(s->w, first ? "" : ", ");
		ward_wr_str(s->w, ward_lang_text(s->lang, s->works->team[k].name));
		ward_wr_printf(s->w, ": %u", s->p->teams[k]);
		first = false;
	}
	end(s);
}

void ward_recover_write_text(const struct ward_recover *p, const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, struct ward_lang *lang, struct ward_wr *to)
{
	struct say s = {p, w->m, w->works, ask, lang, to};
	char text[TEXT];

	if (!p->n_job) {
		ward_say(to, lang, WARD_TEXT("Nothing is to be repaired."));
		end(&s);
	} else {
		write_off(&s);
		WARD_SAY(to, lang, WARD_TEXT("Works in order, from {time} on, with these teams:"),
			{"time", clock_text(&s, ask->now, text)});
		end(&s);
		write_teams(&s);
		end(&s);
	}
	for (size_t j = 0; j < p->n_job; j++)
		if (wanted(&p->job[j]))
			write_job(&s, &p->job[j]);
	write_rest(&s);
	if (p->n_service) {
		end(&s);
		ward_say(to, lang, WARD_TEXT("Services:"));
		end(&s);
	}
	for (size_t i = 0; i < p->n_service; i++)
		write_service(&s, &p->service[i]);
	write_risks(&s);
	if (p->n_job)
		write_worth(&s);
	write_left(&s);
}
