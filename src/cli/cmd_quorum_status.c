/* `ward quorum status`: how the log on the database is, for who is called at night. */
#include "base/id.h"
#include "cli/commands.h"
#include "cli/quorum.h"
#include "cli/speak.h"
#include "journal/look.h"
#include "quorum/sound.h"

#include <stdio.h>

enum { OUT_MAX = 1 << 17 };

struct telling {
	struct ward_cli_quorum *q;
	const struct ward_conf *c; /* what the program said */
	struct ward_wr w;
	uint64_t ours; /* the last record of this machine's journal; 0: there is none to be read */
	/* The record by which the log is known, as the journal here has it; seq 0: it has not. */
	struct ward_record mark;
	uint8_t mark_sha256[32];
};

static struct ward_str number(uint64_t n, char to[24])
{
	(void)snprintf(to, 24, "%llu", (unsigned long long)n);
	return ward_str_z(to);
}

static void end_line(struct telling *t)
{
	ward_wr_ch(&t->w, '\n');
}

/* The last record of the journal here, and that of the mark's number, beside who may be writing it.
 */
static void look_here(struct telling *t, const char *state)
{
	uint64_t mark = ward_cli_quorum_number(t->c, "mark");
	char path[PATH_MAX + 16];
	struct ward_io_dir dir = {.fd = -1};
	struct ward_look *l = NULL;
	struct ward_record r;

	(void)snprintf(path, sizeof(path), "%s/journal", state);
	enum ward_err err = ward_io_dir_open(&dir, path, false, false);

	if (!err)
		err = ward_look_open(&dir.io, ward_mem_heap(), &l);
	if (!err)
		ward_look_start(l, true, (struct ward_look_watch){NULL, NULL, NULL});
	while (!err && !(err = ward_look_next(l, &r)) && (!t->ours || r.seq >= mark)) {
		t->ours = t->ours ? t->ours : r.seq;
		if (!mark || r.seq != mark)
			continue;
		ward_sha256(r.data, t->mark_sha256);
		t->mark = r;
		t->mark.data = ward_slice_of(NULL, 0);
		break;
	}
	ward_look_close(l);
	ward_io_dir_close(&dir);
}

/* Is the log a beginning of the journal here? A number says nothing: who goes on elsewhere gives
 * the same ones. */
enum whose { OURS, ANOTHERS, NOT_KNOWN };

static enum whose whose(const struct telling *t)
{
	uint64_t mark = ward_cli_quorum_number(t->c, "mark"),
		 type = ward_cli_quorum_number(t->c, "mark_type");
	const struct ward_record *r = &t->mark;
	uint8_t sha256[32];

	if (!t->ours)
		return NOT_KNOWN;
	if (t->ours < ward_cli_quorum_number(t->c, "last"))
		return ANOTHERS;
	if (!mark)
		return NOT_KNOWN;
	if (r->seq != mark ||
		r->lane != (enum ward_lane)ward_cli_quorum_number(t->c, "mark_lane") ||
		r->time != (ward_ns)ward_cli_quorum_number(t->c, "mark_time") ||
		r->source != ward_cli_quorum_number(t->c, "mark_source"))
		return ANOTHERS;
	if (r->type == WARD_RECORD_ERASED || type == WARD_RECORD_ERASED)
		return OURS;
	return r->type == type &&
			       ward_str_unhex(ward_cli_quorum_word(t->c, "mark_sha256"), sha256,
				       sizeof(sha256)) &&
			       memcmp(sha256, t->mark_sha256, sizeof(sha256)) == 0
		       ? OURS
		       : ANOTHERS;
}

static void tell_end(struct telling *t)
{
	char n[24], at[40];
	struct ward_wr time = ward_wr_fixed(at, sizeof(at));

	ward_cli_put_time(&time, (ward_ns)ward_cli_quorum_number(t->c, "last_time"));
	WARD_SAY(&t->w, t->q->lang, WARD_TEXT("{host} leads"),
		{"host", ward_cli_quorum_word(t->c, "host")});
	end_line(t);
	if (!ward_cli_quorum_number(t->c, "last"))
		ward_say(&t->w, t->q->lang, WARD_TEXT("The log has no records"));
	else
		WARD_SAY(&t->w, t->q->lang, WARD_TEXT("The log ends with record {n}, of {time}"),
			{"n", number(ward_cli_quorum_number(t->c, "last"), n)},
			{"time", ward_wr_text(&time)});
	end_line(t);
}

static void tell_peers(struct telling *t)
{
	const struct ward_conf *s = ward_conf_get(t->c, "standbys"),
			       *w = ward_conf_get(t->c, "writers");
	char n[24];

	for (const struct ward_conf *x = s ? s->child : NULL; x; x = x->next) {
		if (ward_cli_quorum_number(x, "counts"))
			WARD_SAY(&t->w, t->q->lang,
				WARD_TEXT("{name} ({address}) is waited for, and is {n} bytes "
					  "behind"),
				{"name", ward_cli_quorum_word(x, "name")},
				{"address", ward_cli_quorum_word(x, "at")},
				{"n", number(ward_cli_quorum_number(x, "behind"), n)});
		else if (!ward_cli_quorum_number(x, "seen"))
			WARD_SAY(&t->w, t->q->lang,
				WARD_TEXT("{name} is connected with it; whether it is waited for "
					  "can't be seen"),
				{"name", ward_cli_quorum_word(x, "name")});
		else
			WARD_SAY(&t->w, t->q->lang,
				WARD_TEXT("{name} ({address}) follows, and is NOT waited for"),
				{"name", ward_cli_quorum_word(x, "name")},
				{"address", ward_cli_quorum_word(x, "at")});
		end_line(t);
	}
	if (!s || !s->child) {
		ward_say(&t->w, t->q->lang, WARD_TEXT("NO standby is connected with it"));
		end_line(t);
	}
	for (const struct ward_conf *x = w ? w->child : NULL; x; x = x->next) {
		WARD_SAY(&t->w, t->q->lang,
			WARD_TEXT("A Ward is connected from {address}, for {n} seconds"),
			{"address", ward_cli_quorum_word(x, "at")},
			{"n", number(ward_cli_quorum_number(x, "for_s"), n)});
		end_line(t);
	}
	if (!w || !w->child) {
		ward_say(&t->w, t->q->lang, WARD_TEXT("NO Ward is connected with it"));
		end_line(t);
	}
}

/* How this machine's journal stands to the log. */
static void tell_ours(struct telling *t)
{
	uint64_t end = ward_cli_quorum_number(t->c, "last");
	char a[24], b[24];

	if (t->ours >= end && whose(t) == ANOTHERS)
		WARD_SAY(&t->w, t->q->lang,
			WARD_TEXT(
				"The journal of this machine ends with record {n}, but it is NOT "
				"the log's: record {k} is another one there. Another machine goes "
				"on with the log; this one can't"),
			{"n", number(t->ours, a)},
			{"k", number(ward_cli_quorum_number(t->c, "mark"), b)});
	else if (!t->ours)
		WARD_SAY(&t->w, t->q->lang,
			WARD_TEXT("{folder} has no journal that can be read here"),
			{"folder", ward_str_z(t->q->state)});
	else if (t->ours >= end)
		WARD_SAY(&t->w, t->q->lang,
			WARD_TEXT("The journal of this machine ends with record {n}: {k} are not "
				  "in the log yet"),
			{"n", number(t->ours, a)}, {"k", number(t->ours - end, b)});
	else
		WARD_SAY(&t->w, t->q->lang,
			WARD_TEXT("The journal of this machine ends with record {n}: the log has "
				  "MORE. Another machine goes on with it; this one can't"),
			{"n", number(t->ours, a)});
	end_line(t);
}

static void tell_fault(struct telling *t, const struct ward_quorum_words *w)
{
	ward_wr_ch(&t->w, '\n');
	WARD_SAY(&t->w, t->q->lang,
		WARD_TEXT("Ward ACKNOWLEDGES NOTHING: {what}. Lost could be: {lost}. To be done: "
			  "{mend}"),
		{"what", ward_lang_text(t->q->lang, ward_str_z(w->what))},
		{"lost", ward_lang_text(t->q->lang, ward_str_z(w->lost))},
		{"mend", ward_lang_text(t->q->lang, ward_str_z(w->mend))});
	end_line(t);
}

static void tell_other(struct telling *t)
{
	ward_wr_ch(&t->w, '\n');
	ward_say(&t->w, t->q->lang,
		WARD_TEXT(
			"This machine is NOT the one that leads the log, and acknowledges nothing. "
			"What it has beyond the log was acknowledged to nobody. To be done: end "
			"Ward here; where it is to go on here, end the other one and fetch the log "
			"into an empty folder (ward quorum fetch)"));
	end_line(t);
}

static const struct ward_quorum_words *fault_of(const struct ward_conf *c)
{
	struct ward_str name = ward_cli_quorum_word(c, "fault");

	for (unsigned f = WARD_QUORUM_SOUND + 1; f < WARD_QUORUM_FAULTS; f++)
		if (ward_str_eqz(name, ward_quorum_words((enum ward_quorum_fault)f)->name))
			return ward_quorum_words((enum ward_quorum_fault)f);
	return NULL;
}

/* Do enough standbys follow, of those that the settings ask for? */
enum follow { ENOUGH, TOO_FEW, UNSEEN };

static enum follow who_follow(const struct ward_conf *c, uint64_t *ret_n)
{
	const struct ward_conf *s = ward_conf_get(c, "standbys");
	uint64_t needs = ward_cli_quorum_number(c, "waits_for"), unseen = 0;

	*ret_n = 0;
	for (const struct ward_conf *x = s ? s->child : NULL; x; x = x->next) {
		unseen += !ward_cli_quorum_number(x, "seen");
		*ret_n +=
			ward_cli_quorum_number(x, "counts") && ward_cli_quorum_number(x, "streams");
	}
	return *ret_n >= needs ? ENOUGH : *ret_n + unseen < needs ? TOO_FEW : UNSEEN;
}

static void tell_follow(struct telling *t, enum follow follow, uint64_t n)
{
	char a[24], b[24];

	ward_wr_ch(&t->w, '\n');
	if (follow == TOO_FEW)
		WARD_SAY(&t->w, t->q->lang,
			WARD_TEXT(
				"Ward ACKNOWLEDGES NOTHING: standbys that must have a record "
				"first: {n}; of these follow: {k}. Sensors keep what they see. To "
				"be done: start the standbys, or let them follow this server "
				"again"),
			{"n", number(ward_cli_quorum_number(t->c, "waits_for"), a)},
			{"k", number(n, b)});
	else
		ward_say(&t->w, t->q->lang,
			WARD_TEXT("Whether enough standbys follow CAN'T BE SEEN. To be done: GRANT "
				  "pg_monitor TO the role of 'journal'"));
	end_line(t);
}

/* False: something is to be done. */
static bool tell(struct telling *t)
{
	const struct ward_quorum_words *fault = fault_of(t->c);
	bool answers = !ward_cli_quorum_word(t->c, "error").len;
	uint64_t n_follow = 0;
	enum follow follow = answers ? who_follow(t->c, &n_follow) : ENOUGH;
	const struct ward_conf *w = ward_conf_get(t->c, "writers");
	bool other = answers && whose(t) == ANOTHERS;
	bool well = !fault && answers && follow == ENOUGH && w && w->child && !other;

	if (!answers) {
		WARD_SAY(&t->w, t->q->lang, WARD_TEXT("NO server takes records: {why}"),
			{"why", ward_cli_quorum_word(t->c, "why")});
		end_line(t);
	} else {
		tell_end(t);
		tell_peers(t);
		tell_ours(t);
	}
	if (other)
		tell_other(t);
	if (fault)
		tell_fault(t, fault);
	else if (follow != ENOUGH)
		tell_follow(t, follow, n_follow);
	else if (well) {
		ward_wr_ch(&t->w, '\n');
		ward_say(&t->w, t->q->lang, WARD_TEXT("Nothing is to be done."));
		end_line(t);
	}
	return well;
}

/* What the program said, and how far our journal is. */
static void put_json(struct telling *t)
{
	struct ward_str s = ward_wr_text(&t->q->text);

	while (s.len && (s.p[s.len - 1] == '\n' || s.p[s.len - 1] == '}'))
		s.len--;
	static const char *const word[] = {
		[OURS] = "ours", [ANOTHERS] = "another's", [NOT_KNOWN] = "not known"};

	ward_wr_printf(&t->w, "%.*s%s\"journal_last\":%llu,\"log_is\":\"%s\"}\n", WARD_STR_ARG(s),
		s.len > 1 ? "," : "", (unsigned long long)t->ours, word[whose(t)]);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_quorum q;
	int rc = ward_cli_quorum_begin(cmd, argc, argv, true, &q);

	if (!rc)
		rc = ward_cli_quorum_ask(&q, NULL, 0);
	if (!rc) {
		struct telling t = {
			.q = &q, .c = q.said, .w = ward_wr_grow(ward_mem_heap(), OUT_MAX)};
		bool well;

		look_here(&t, q.state);
		well = tell(&t);

		if (q.json) {
			ward_wr_reset(&t.w);
			put_json(&t);
		}
		rc = !ward_cli_put(&t.w, stdout) ? WARD_EXIT_RUN
		     : well                      ? WARD_EXIT_DONE
						 : WARD_EXIT_INPUT;
		ward_wr_fini(&t.w);
	}
	ward_cli_quorum_end(&q);
	return rc;
}

const struct ward_cmd ward_cmd_quorum_status = {
	.name = "quorum status",
	.summary = "where the log on the database ends, who writes it, and what is wrong",
	.help = "usage: ward quorum status [--json] [--lang CODE] [--state DIR] HOSPITAL\n\n"
		"Asks the servers that `journal` of HOSPITAL/hospital.yml names, without writing\n"
		"or claiming anything, from any machine that has the directory: which server\n"
		"leads, where the log ends, which standbys it waits for and whether enough of\n"
		"them follow (to see it the role of `journal` needs pg_monitor), which Ward is\n"
		"connected, whether Ward acknowledges (and if not, what could be lost and what is\n"
		"to be done), and whether this machine's journal goes on with the log, or "
		"another's.\n\n"
		"  --json       one JSON object\n"
		"  --lang CODE  of these: en, fr, it, nl (default: the hospital's)\n"
		"  --state DIR  whose journal is compared (default: as `ward run`)\n\n"
		"Exit: 0 all is well, 1 something is to be done, 2 wrong usage, 3 it could not be\n"
		"found out.\n",
	.run = run,
};
