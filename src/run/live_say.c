#include "run/live_people.h"
#include "run/live_stopped.h"

#include "story/text.h"

#include <stdio.h>

/* "  hears    Door controllers, by syslog (udp:127.0.0.1:5514)" */
static void put_source(struct ward_wr *w, const struct live *l, const struct ward_source *s)
{
	struct ward_lang *lang = l->o->lang;
	const char *why = live_why_stopped(l, s->id);
	const char *how = why                        ? WARD_TEXT("STOPPED")
			  : live_reader_of(s) == P_N ? WARD_TEXT("BLIND")
			  : live_unplayed(l, s)      ? WARD_TEXT("off")
						     : WARD_TEXT("hears");
	struct ward_str word = ward_lang_text(lang, ward_str_z(how));
	char digits[24];
	struct ward_wr n = ward_wr_fixed(digits, sizeof(digits));

	ward_wr_z(w, "  ");
	ward_wr_str(w, word);
	for (size_t col = ward_text_columns(word); col < 9; col++)
		ward_wr_ch(w, ' ');
	ward_wr_u64(&n, s->workers);
	WARD_SAY(w, lang,
		s->workers > 1 ? WARD_TEXT("{name} ({where}, by {n} processes)")
			       : WARD_TEXT("{name} ({where})"),
		{"name", s->name}, {"where", s->where}, {"n", ward_wr_text(&n)});
	ward_wr_ch(w, '\n');
	live_put_why(w, why);
}

/* A hospital that begins has no source yet: where to go on. */
static void say_nothing(const struct live *l, struct ward_wr *w)
{
	size_t n, n_heard = 0;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	for (size_t i = 0; i < n; i++)
		n_heard += live_reader_of(&s[i]) != P_N;
	if (n_heard)
		return;
	ward_wr_z(w, "  ");
	WARD_SAY(w, l->o->lang,
		WARD_TEXT("nothing is watched yet: no source is set up; sign in, and go on at "
			  "{address}"),
		{"address", ward_str_z(l->console.url)});
	ward_wr_z(w, "setup\n");
}

void live_say_start(const struct live *l)
{
	struct ward_lang *lang = l->o->lang;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), (size_t)1 << 24);
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);

	WARD_SAY(&w, lang,
		l->o->scenario ? WARD_TEXT("Ward watches {hospital}, in a network of its own where "
					   "an attack is played")
			       : WARD_TEXT("Ward watches {hospital}"),
		{"hospital", ward_model_hospital(l->m)->name});
	ward_wr_ch(&w, '\n');
	for (size_t i = 0; i < n; i++)
		put_source(&w, l, &s[i]);
	live_put_stopped(&w, l);
	say_nothing(l, &w);
	WARD_SAY(&w, lang, WARD_TEXT("Kept in {folder}, log in ward.log there. Ctrl-C ends it."),
		{"folder", ward_str_z(l->o->state)});
	ward_wr_ch(&w, '\n');
	live_say_console(l, &w);
	ward_wr_ch(&w, '\n');
	(void)fwrite(w.p, 1, w.len, stdout);
	(void)fflush(stdout);
	ward_wr_fini(&w);
}
