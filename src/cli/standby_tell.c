/* `ward standby status --text`: how the pair is, for who is called at night, and what they do. */
#include "cli/lang.h"
#include "cli/standby.h"
#include "standby/watch.h"

#include <stdio.h>
#include <time.h>

enum { OUT_MAX = 1 << 16, TIME = 32 };

struct telling {
	const struct ward_standby_state *s;
	struct ward_lang *lang;
	struct ward_wr *w;
};

static struct ward_str time_of(ward_ns t, char to[TIME])
{
	time_t s = (time_t)(t / WARD_NS_PER_S);
	struct tm tm;

	return (struct ward_str){to, localtime_r(&s, &tm) ? strftime(to, TIME, "%F %T", &tm) : 0};
}

static struct ward_str number(uint64_t n, char to[24])
{
	(void)snprintf(to, 24, "%llu", (unsigned long long)n);
	return ward_str_z(to);
}

static void line(const struct telling *t, const char *english)
{
	ward_say(t->w, t->lang, english);
	ward_wr_ch(t->w, '\n');
}

static void tell_role(const struct telling *t)
{
	const struct ward_standby_state *s = t->s;
	char n[24];

	if (s->role == WARD_STANDBY_LEADS)
		WARD_SAY(t->w, t->lang, WARD_TEXT("{node} leads, in epoch {n}"),
			{"node", ward_str_z(s->node)}, {"n", number(s->epoch, n)});
	else if (s->role == WARD_STANDBY_FOLLOWS)
		WARD_SAY(t->w, t->lang, WARD_TEXT("{node} stands by, in epoch {n}"),
			{"node", ward_str_z(s->node)}, {"n", number(s->epoch, n)});
	else
		WARD_SAY(t->w, t->lang, WARD_TEXT("{node} gives up the lead"),
			{"node", ward_str_z(s->node)});
	ward_wr_ch(t->w, '\n');
}

static void tell_mode(const struct telling *t)
{
	const struct ward_standby_state *s = t->s;
	char at[TIME], n[24];

	if (s->role != WARD_STANDBY_LEADS)
		return;
	if (s->mode == WARD_STANDBY_PAIR)
		WARD_SAY(t->w, t->lang,
			WARD_TEXT("Since {time} all that is acknowledged is on both machines"),
			{"time", time_of(s->since, at)});
	else
		WARD_SAY(t->w, t->lang,
			WARD_TEXT("ALONE since {time}: what is acknowledged is on this machine "
				  "only; the other lacks {n} records"),
			{"time", time_of(s->alone_since, at)}, {"n", number(s->lag, n)});
	ward_wr_ch(t->w, '\n');
	if (s->how == WARD_TOOK_OVER || s->how == WARD_TOOK_FORCED) {
		WARD_SAY(t->w, t->lang, WARD_TEXT("It took over at {time}"),
			{"time", time_of(s->led, at)});
		ward_wr_ch(t->w, '\n');
	}
}

static void tell_rest(const struct telling *t)
{
	const struct ward_standby_state *s = t->s;
	char at[TIME], n[24];

	if (!s->carried)
		ward_say(t->w, t->lang,
			WARD_TEXT("There is no copy of all but the journal yet on who stands by"));
	else
		WARD_SAY(t->w, t->lang,
			WARD_TEXT("The copy of all but the journal is {n} seconds old"),
			{"n", number(s->carried_lag_s, n)});
	ward_wr_ch(t->w, '\n');
	if (s->witness_since)
		WARD_SAY(t->w, t->lang, WARD_TEXT("The witness is NOT REACHED since {time}"),
			{"time", time_of(s->witness_since, at)});
	else
		ward_say(t->w, t->lang, WARD_TEXT("The witness is there"));
	ward_wr_ch(t->w, '\n');
}

/* Of two versions of Ward, which forms are written, and which could be. */
static void tell_formats(const struct telling *t)
{
	const struct ward_standby_state *s = t->s;
	uint64_t both = s->peer_formats < s->formats_most ? s->peer_formats : s->formats_most;
	char n[24], m[24], o[24];

	if (!s->peer_formats || (s->formats == s->formats_most && s->peer_formats == s->formats))
		return;
	WARD_SAY(t->w, t->lang,
		WARD_TEXT("What is kept is written in formats {n}; this machine reads up to {m}, "
			  "the other up to {o}"),
		{"n", number(s->formats, n)}, {"m", number(s->formats_most, m)},
		{"o", number(s->peer_formats, o)});
	ward_wr_ch(t->w, '\n');
	if (s->peer_formats < s->formats)
		line(t, WARD_TEXT("The other machine can't read what is written here: install "
				  "there the version of Ward that is here."));
	else if (s->formats > s->formats_most)
		line(t, WARD_TEXT("This machine can't read what is written there: install here "
				  "the version of Ward that is there."));
	else if (both > s->formats)
		line(t, WARD_TEXT(
				"Both can later ones. Once the former version is not wanted back, "
				"say on the machine that leads: ward standby upgrade"));
	else
		line(t, WARD_TEXT("The machines have two versions of Ward. Either may take over; "
				  "the former version can still be installed again."));
}

static void tell_what_to_do(const struct telling *t)
{
	const struct ward_standby_state *s = t->s;
	bool alone = s->role == WARD_STANDBY_LEADS && s->mode != WARD_STANDBY_PAIR,
	     lags = s->carried_lag_s >= WARD_NEWS_LAG * s->tell_after_s;

	ward_wr_ch(t->w, '\n');
	if (alone && s->connected)
		line(t, WARD_TEXT("Wait: the other machine catches up. Leave both on."));
	else if (alone)
		line(t, WARD_TEXT("See that the other machine is on, that it answers on the "
				  "network, and that `ward standby run` runs there; its log says "
				  "what it lacks. Do not switch this machine off meanwhile."));
	if (s->role == WARD_STANDBY_FOLLOWS && !s->connected)
		line(t, WARD_TEXT("Who leads is not heard here. Where Ward does not run on the "
				  "other machine either: mend that one, or, when it is off for "
				  "good, say here: ward standby force --lose"));
	if (lags)
		line(t, WARD_TEXT("The logs of both machines say why no copy is made: see first "
				  "whether a disk is full."));
	if (s->witness_since)
		line(t, WARD_TEXT("See that `ward standby witness` runs on the third machine. "
				  "While it is away nobody takes over: end neither machine."));
	if (s->diverged || s->aside)
		line(t, WARD_TEXT("Records were set aside: read them in the folders aside-… "
				  "beneath standby/ on the machine that came back, then remove "
				  "these."));
	if (!alone && !lags && !s->witness_since && !s->diverged && !s->aside &&
		(s->role == WARD_STANDBY_LEADS || s->connected))
		line(t, WARD_TEXT("Nothing is to be done."));
}

int ward_cli_standby_tell(
	const struct ward_cmd *cmd, const char *text, const char *code, const char *content)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_standby_state s;
	struct ward_lang *lang = NULL;
	struct ward_limits lim;
	const char *dir = ward_cli_content(cmd, content);
	int rc = WARD_EXIT_RUN;

	ward_limits_default(&lim);
	if (dir)
		rc = ward_cli_lang(
			cmd, &(struct ward_cli_lang){code, dir, WARD_STR("")}, &lim, &lang);

	if (!rc && ward_standby_state_read(ward_str_z(text), ward_mem_heap(), &s) != WARD_OK)
		rc = ward_cli_fail(cmd, "what it says of itself can't be read: is the program "
					"`standby` of another version?");
	if (!rc) {
		const struct telling tell = {&s, lang, &w};

		tell_role(&tell);
		tell_mode(&tell);
		tell_rest(&tell);
		tell_formats(&tell);
		tell_what_to_do(&tell);
		rc = ward_cli_put(&w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
	}
	ward_wr_fini(&w);
	ward_lang_free(lang);
	return rc;
}
