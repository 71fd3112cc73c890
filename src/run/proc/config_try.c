/* A camera is tried before it is taken: does it give a picture at this address, how large, how
 * often? Another child has `ward sense video --try` look, while everything else goes on; whoever
 * wants to know is on record before. No name and password are sent: what is named as a file of a
 * secret is read only once it is taken by who may decide that. */
#include "run/proc/config.h"

#include "conf/conf.h"
#include "sense/video/rtsp_url.h"
#include "words/words.h"

#include <stdio.h>

enum {
	OUTPUT = 64 << 10,
	WHERE = 512,
	SAYS = 1024,
	RTSP = 554, /* RFC 7826 19.2 */
	RTSPS = 322,
	TRIALS_OF_ONE = 20 /* so many within: */
};

static const ward_ns within = 600 * WARD_NS_PER_S,
		     patience = (WARD_CHECKER_TRIAL_SECONDS + 10) * WARD_NS_PER_S;

bool config_tries(enum ward_decision_kind k)
{
	return k == WARD_DECISION_TRY || k == WARD_DECISION_TRY_ANY;
}

/* NULL, or what is wrong with the address. */
static const char *wrong_with(struct ward_str where)
{
	if (!ward_str_starts(where, WARD_STR("rtsp://")) &&
		!ward_str_starts(where, WARD_STR("rtsps://")))
		return WARD_TEXT(
			"write the address as the camera has it: it begins with rtsp or rtsps");
	if (where.len >= WHERE)
		return WARD_TEXT("the address is too long");
	for (size_t i = 0; i < where.len; i++) {
		if (where.p[i] <= ' ' || where.p[i] > '~')
			return WARD_TEXT("the address has blanks or characters that are none of "
					 "an address");
		if (where.p[i] == '@')
			return WARD_TEXT("leave user and password out of the address: nothing "
					 "secret goes through a browser");
	}
	return NULL;
}

/* Is there a camera at that port already? */
static bool is_known(struct config *k, uint16_t port)
{
	struct ward_revision_tree t = {0};
	struct ward_slice text = {0};
	const struct ward_conf *c = NULL;
	struct ward_diag d;
	bool found = false;
	const struct ward_revision_file *f =
		k->r && !ward_revision_tree(k->r, ward_revision_current(k->r), &k->scratch, &t)
			? ward_revision_find(&t, WARD_STR("sources.yml"))
			: NULL;

	if (!f || ward_revision_text(k->r, f->hash, &k->scratch, &text) != WARD_OK)
		return false;
	ward_diag_init(&d, ward_mem_heap());
	if (ward_conf_yaml(&k->scratch, &k->lim, f->path, text, &d, &c) == WARD_OK)
		c = ward_conf_get(c, "sources");
	for (const struct ward_conf *s = c ? c->child : NULL; s && !found; s = s->next) {
		struct ward_rtsp_url u;
		const char *why;

		found = ward_rtsp_url_read(ward_conf_word(s, "where"), &u, &why) == WARD_OK &&
			u.port == port;
	}
	ward_diag_fini(&d);
	return found;
}

/* Else whoever may configure could ask any port of the hospital's networks whether it is open. */
static const char *wrong_port(struct config *k, const struct ward_decision *d)
{
	struct ward_rtsp_url u;
	const char *why;

	if (ward_rtsp_url_read(d->text, &u, &why) != WARD_OK)
		return WARD_TEXT("the address has no usable host and port");
	if (d->kind == WARD_DECISION_TRY_ANY || u.port == RTSP || u.port == RTSPS ||
		is_known(k, u.port))
		return NULL;
	return WARD_TEXT("no camera of the hospital is at this port: take the usual one (554, or "
			 "322 of rtsps), or have it tried by somebody who administers");
}

/* And one after the other, the whole network. */
static bool too_many(struct config *k, struct ward_str person)
{
	ward_ns now = ward_clock_mono(k->p.clock);
	struct config_tried *next = &k->tried[k->n_tried % CONFIG_TRIALS];
	size_t n = 0;

	for (size_t i = 0; i < CONFIG_TRIALS; i++)
		n += k->tried[i].at && now - k->tried[i].at < within &&
		     ward_str_eqz(person, k->tried[i].person);
	if (n >= TRIALS_OF_ONE)
		return true;
	k->n_tried++;
	next->at = now ? now : 1;
	(void)snprintf(next->person, sizeof(next->person), "%.*s", WARD_STR_ARG(person));
	return false;
}

static void put_text(struct ward_json *j, const struct ward_conf *c, const char *key)
{
	struct ward_str s = ward_conf_word(c, key);

	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, ward_str_sub(s, 0, 200));
}

static void put_number(struct ward_json *j, const struct ward_conf *c, const char *key)
{
	uint64_t n;

	if (!ward_str_u64(ward_conf_word(c, key), &n))
		return;
	ward_json_key(j, key);
	ward_json_u64(j, n);
}

/* "12.5": a whole number and at most one digit behind the point. */
static void put_rate(struct ward_json *j, struct ward_str s)
{
	struct ward_str whole = ward_str_cut(&s, '.');
	uint64_t n, tenth = 0;

	if (!ward_str_u64(whole, &n) || n > 1000 ||
		(s.p && s.len && !ward_str_u64(ward_str_sub(s, 0, 1), &tenth)))
		return;
	ward_json_key(j, "fps");
	ward_json_micro(j, (int64_t)(n * 1000000 + tenth * 100000));
}

/* The last line that is one of a trial; that of a picture counts most. */
static const struct ward_conf *trial_of(struct config *k, struct ward_str out)
{
	const struct ward_conf *found = NULL, *c;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	while (out.p && out.len) {
		struct ward_str line = ward_str_cut(&out, '\n');

		if (!line.len || ward_conf_json(&k->scratch, &k->lim, WARD_STR("trial"), 1,
					 ward_str_bytes(line), &d, &c) != WARD_OK)
			continue;
		if (ward_str_eqz(ward_conf_word(c, "kind"), "trial") &&
			!(found && ward_str_eqz(ward_conf_word(found, "answers"), "true")))
			found = c;
	}
	ward_diag_fini(&d);
	return found;
}

static void tell(struct config *k, struct ward_str out)
{
	const struct ward_conf *c = trial_of(k, out);
	char json[SAYS];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));
	struct ward_json j = ward_json_on(&w);
	bool answers = c && ward_str_eqz(ward_conf_word(c, "answers"), "true");

	ward_json_obj(&j);
	ward_json_key(&j, "answers");
	ward_json_bool(&j, answers);
	if (answers) {
		put_number(&j, c, "width");
		put_number(&j, c, "height");
		put_rate(&j, ward_conf_word(c, "fps"));
	} else if (c) {
		put_text(&j, c, "reason");
		put_text(&j, c, "why");
	} else { /* it was ended: a stream that is made to attack, or a machine that is too busy */
		ward_json_key(&j, "reason");
		ward_json_z(&j, "stalled");
	}
	ward_json_obj_end(&j);
	config_say(k, ward_wr_bad(&w) ? WARD_ERR_LIMIT : WARD_OK, "",
		ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w));
}

/* Begins it. NULL, or why not. */
static const char *begin(struct config *k, const struct ward_decision *d, enum ward_err *ret)
{
	const char *why = wrong_with(d->text);

	*ret = WARD_ERR_CONFIG;
	if (why || (why = wrong_port(k, d)) != NULL)
		return why;
	*ret = WARD_ERR_AGAIN;
	if (k->trial.on)
		return WARD_TEXT("another camera is being tried; try again in a moment");
	*ret = WARD_ERR_FULL;
	if (too_many(k, d->person))
		return WARD_TEXT("you have tried many cameras; wait ten minutes");
	*ret = WARD_ERR_IO;
	if (config_record_trial(k, d) != WARD_OK)
		return WARD_TEXT("nothing can be put on record just now; try again");
	struct ward_str where = ward_arena_str(&k->scratch, d->text);
	const char *const word[] = {"sense", "video", "--try", where.p};

	*ret = where.p ? ward_checker_begin(k->trier, word, WARD_ARRAY_LEN(word)) : WARD_ERR_NOMEM;
	if (*ret == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "who tries cameras", *ret);
	return *ret ? WARD_TEXT("the address is too long") : NULL;
}

bool config_try(struct config *k, const struct ward_decision *d, uint32_t asked)
{
	enum ward_err err = WARD_OK;
	bool same = k->trial.on && ward_id_eq(k->trial.of, d->id);
	const char *why = same ? NULL : begin(k, d, &err);

	if (why) {
		config_say(k, err, why, WARD_STR(""));
		return false;
	}
	k->trial.asked = asked;
	if (same)
		return true;
	ward_wr_fini(&k->trial.out);
	k->trial.out = ward_wr_grow(ward_mem_heap(), OUTPUT);
	k->trial.on = true;
	k->trial.of = d->id;
	k->trial.until = ward_clock_mono(k->p.clock) + patience;
	return true;
}

void config_hear_trial(struct config *k)
{
	int status;

	if (!k->trial.on)
		return;
	enum ward_err err = ward_checker_hear(k->trier, &k->trial.out, &status);

	if (err == WARD_ERR_MORE && ward_clock_mono(k->p.clock) < k->trial.until)
		return;
	if (err == WARD_ERR_CLOSED || err == WARD_ERR_MORE)
		ward_process_die(&k->p, "who tries cameras", err);
	ward_count_name(&k->p.counters, "config.tried", 1);
	ward_arena_reset(&k->scratch);
	k->trial.on = false;
	k->has_decided = true;
	k->decided = k->trial.of;
	tell(k, ward_wr_text(&k->trial.out));
	config_answer_desk(k, k->trial.asked);
}
