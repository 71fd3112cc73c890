/* A camera is tried before it is taken: does it give a picture at this address, how large, how
 * often? Another child has `ward sense video --try` look; whoever wants to know is on record
 * before. No name and password are sent: what is named as a file of a secret is read only once it
 * is taken by who may decide that. */
#include "run/proc/config.h"

#include "conf/conf.h"
#include "words/words.h"

enum { OUTPUT = 64 << 10, WHERE = 512, SAYS = 1024 };

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

void config_try(struct config *k, const struct ward_decision *d)
{
	const char *why = wrong_with(d->text);
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), OUTPUT);
	int status;

	if (why) {
		config_say(k, WARD_ERR_CONFIG, why, WARD_STR(""));
		return;
	}
	if (config_record_trial(k, d) != WARD_OK) {
		config_say(k, WARD_ERR_IO,
			WARD_TEXT("nothing can be put on record just now; try again"),
			WARD_STR(""));
		return;
	}
	struct ward_str where = ward_arena_str(&k->scratch, d->text);
	const char *const word[] = {"sense", "video", "--try", where.p};
	enum ward_err err =
		where.p ? ward_checker_run(k->trier, word, WARD_ARRAY_LEN(word), &out, &status)
			: WARD_ERR_NOMEM;

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "who tries cameras", err);
	ward_count_name(&k->p.counters, "config.tried", 1);
	tell(k, ward_wr_text(&out));
	ward_wr_fini(&out);
}
