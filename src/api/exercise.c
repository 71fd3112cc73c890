/* A play as who leads it sees it: by the board of the process `play`, so outside bytes; with the
 * words that the page shows, since it is seldom open. */
#include "api/priv.h"

enum kind { TEXT, NUMBER, BOOL };
struct member {
	const char *key;
	enum kind kind;
};

static void put_member(struct ward_json *j, const struct ward_conf *c, const struct member *m)
{
	struct ward_str is = ward_conf_word(c, m->key);
	bool minus = is.len && is.p[0] == '-';
	uint64_t n;

	if (m->kind == TEXT)
		ward_json_put_str(j, m->key, is);
	else if (m->kind == BOOL)
		ward_json_put_bool(j, m->key, ward_str_eqz(is, "true"));
	else if (ward_str_u64(ward_str_sub(is, minus, is.len - minus), &n) && n <= INT64_MAX)
		ward_json_put_i64(j, m->key, minus ? -(int64_t)n : (int64_t)n);
	else
		ward_json_put_null(j, m->key);
}

static void put_members(
	struct ward_json *j, const struct ward_conf *c, const struct member *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_member(j, c, &m[i]);
}

static void put_list(struct ward_json *j, const struct ward_conf *c, const char *key,
	const struct member *m, size_t n)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (const struct ward_conf *x = api_board_list(c, key); x; x = x->next) {
		ward_json_obj(j);
		put_members(j, x, m, n);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* What is expected of a step, and when Ward said it. */
static void put_signs(struct api_request *r, const struct ward_conf *step)
{
	static const struct member sign[] = {
		{"on", TEXT}, {"visible", BOOL}, {"within_ms", NUMBER}, {"after_ms", NUMBER}};

	ward_json_key(&r->j, "signs");
	ward_json_arr(&r->j);
	for (const struct ward_conf *x = api_board_list(step, "signs"); x; x = x->next) {
		ward_json_obj(&r->j);
		ward_json_put_str(
			&r->j, "threat", ward_lang_text(r->lang, ward_conf_word(x, "threat")));
		put_members(&r->j, x, sign, WARD_ARRAY_LEN(sign));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_steps(struct api_request *r, const struct ward_conf *c)
{
	static const struct member step[] = {{"step", NUMBER}, {"at_ms", NUMBER}, {"id", TEXT},
		{"note", TEXT}, {"phase", TEXT}, {"fate", TEXT}};

	ward_json_key(&r->j, "steps");
	ward_json_arr(&r->j);
	for (const struct ward_conf *x = api_board_list(c, "steps"); x; x = x->next) {
		ward_json_obj(&r->j);
		put_members(&r->j, x, step, WARD_ARRAY_LEN(step));
		put_signs(r, x);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* At the end: what decisions prevented, and what that was worth to care. */
static void put_worth(struct ward_json *j, const struct ward_conf *board)
{
	static const struct member sums[] = {{"without_ms", NUMBER}, {"played_ms", NUMBER}};
	static const struct member decision[] = {{"branch", TEXT}, {"note", TEXT},
		{"decided", TEXT}, {"of", TEXT}, {"by", TEXT}, {"policy", BOOL},
		{"played_ms", NUMBER}, {"saved_ms", NUMBER}};
	static const struct member prevented[] = {
		{"step", NUMBER}, {"story_ms", NUMBER}, {"note", TEXT}};
	static const struct member service[] = {{"service", TEXT}, {"name", TEXT},
		{"without_at_ms", NUMBER}, {"without_ms", NUMBER}, {"played_at_ms", NUMBER},
		{"played_ms", NUMBER}};
	const struct ward_conf *c = ward_conf_get(board, "worth");

	ward_json_key(j, "worth");
	if (!c || c->kind != WARD_CONF_MAP) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	put_members(j, c, sums, WARD_ARRAY_LEN(sums));
	ward_json_key(j, "decisions");
	ward_json_arr(j);
	for (const struct ward_conf *x = api_board_list(c, "decisions"); x; x = x->next) {
		ward_json_obj(j);
		put_members(j, x, decision, WARD_ARRAY_LEN(decision));
		put_list(j, x, "prevented", prevented, WARD_ARRAY_LEN(prevented));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	put_list(j, c, "services", service, WARD_ARRAY_LEN(service));
	ward_json_obj_end(j);
}

static const struct member text[] = {{"role", TEXT}, {"name", TEXT}, {"text", TEXT}};

static void put_injects(struct ward_json *j, const struct ward_conf *c)
{
	static const struct member inject[] = {
		{"id", TEXT}, {"title", TEXT}, {"brought", NUMBER}, {"steps", NUMBER}};

	ward_json_key(j, "injects");
	ward_json_arr(j);
	for (const struct ward_conf *x = api_board_list(c, "injects"); x; x = x->next) {
		ward_json_obj(j);
		put_members(j, x, inject, WARD_ARRAY_LEN(inject));
		put_list(j, x, "text", text, WARD_ARRAY_LEN(text));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* What the trainer told, and who has it. */
static void put_messages(struct ward_json *j, const struct ward_conf *c)
{
	static const struct member message[] = {
		{"id", TEXT}, {"time", TEXT}, {"played_ms", NUMBER}};
	static const struct member seen[] = {{"by", TEXT}, {"name", TEXT}, {"played_ms", NUMBER}};

	ward_json_key(j, "messages");
	ward_json_arr(j);
	for (const struct ward_conf *x = api_board_list(c, "messages"); x; x = x->next) {
		ward_json_obj(j);
		put_members(j, x, message, WARD_ARRAY_LEN(message));
		put_list(j, x, "to", text, WARD_ARRAY_LEN(text));
		put_list(j, x, "seen", seen, WARD_ARRAY_LEN(seen));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_roles(struct api_request *r)
{
	ward_json_key(&r->j, "roles");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < r->a->n_role; i++) {
		const struct ward_node *role = ward_model_node(r->a->o.model, r->a->role[i]);

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "id", role->id);
		ward_json_put_str(&r->j, "name", role->name);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

struct word {
	const char *key, *english;
};

/* What a page says, in the reader's language. */
static void put_words(struct api_request *r, const struct word *word, size_t n)
{
	ward_json_key(&r->j, "words");
	ward_json_obj(&r->j);
	for (size_t i = 0; i < n; i++)
		ward_json_put_str(
			&r->j, word[i].key, ward_lang_text(r->lang, ward_str_z(word[i].english)));
	ward_json_obj_end(&r->j);
}

static const struct word page_word[] = {{"pause", WARD_TEXT("Pause")},
	{"resume", WARD_TEXT("Let it go on")}, {"next", WARD_TEXT("To the next step")},
	{"skip", WARD_TEXT("Skip it")}, {"repeat", WARD_TEXT("Send it again")},
	{"end", WARD_TEXT("End the play")}, {"sure", WARD_TEXT("End the play for all?")},
	{"goes", WARD_TEXT("The play goes on")}, {"paused", WARD_TEXT("The play is paused")},
	{"ended", WARD_TEXT("The play has ended")}, {"timeline", WARD_TEXT("Timeline")},
	{"injects", WARD_TEXT("Injects")}, {"inject", WARD_TEXT("Bring it in")},
	{"branches", WARD_TEXT("Branches")}, {"decide", WARD_TEXT("It was done")},
	{"seen", WARD_TEXT("What the players see")}, {"log", WARD_TEXT("What was done")},
	{"none", WARD_TEXT("Nothing yet.")}, {"note", WARD_TEXT("A note for the debriefing")},
	{"keep", WARD_TEXT("Keep it")}, {"waits", WARD_TEXT("to come")},
	{"played", WARD_TEXT("done")}, {"skipped", WARD_TEXT("skipped")},
	{"left", WARD_TEXT("left out by a branch")}, {"open", WARD_TEXT("open")},
	{"met", WARD_TEXT("will be taken")}, {"taken", WARD_TEXT("taken")},
	{"not-taken", WARD_TEXT("not taken")}, {"itself", WARD_TEXT("by Ward's record")},
	{"was_pause", WARD_TEXT("paused")}, {"was_resume", WARD_TEXT("gone on")},
	{"was_next", WARD_TEXT("time left out")}, {"was_skip", WARD_TEXT("skipped")},
	{"was_repeat", WARD_TEXT("sent again")}, {"was_inject", WARD_TEXT("brought in")},
	{"was_brought", WARD_TEXT("brought in")}, {"was_say", WARD_TEXT("told")},
	{"was_decide", WARD_TEXT("decided")}, {"was_branch", WARD_TEXT("branch")},
	{"was_gone", WARD_TEXT("ended, and stays away")}, {"was_note", WARD_TEXT("noted")},
	{"was_end", WARD_TEXT("ended")}, {"contained", WARD_TEXT("contained")},
	{"acknowledged", WARD_TEXT("acknowledged")}, {"playbook", WARD_TEXT("playbook begun")},
	{"decided", WARD_TEXT("done")},
	{"films", WARD_TEXT("Its cameras show films: it can't be paused.")},
	{"messages", WARD_TEXT("Messages to the players")}, {"to", WARD_TEXT("To whom")},
	{"all", WARD_TEXT("everybody")}, {"message", WARD_TEXT("A message on their screens")},
	{"send", WARD_TEXT("Send the message")}, {"was_seen", WARD_TEXT("seen")},
	{"unseen", WARD_TEXT("seen by nobody yet")},
	{"truth", WARD_TEXT("What is true, and what Ward says")},
	{"story", WARD_TEXT("What is true goes by the time of the story, and what Ward says by "
			    "its own clock, in which the play is shorter: so long after the "
			    "beginning")},
	{"in_truth", WARD_TEXT("In truth")}, {"ward", WARD_TEXT("What Ward says")},
	{"all_well", WARD_TEXT("Everything is as it should be, and Ward forecasts nothing.")},
	{"no_truth", WARD_TEXT("Nobody reckons the hospital's physics here.")},
	{"more", WARD_TEXT("more")}, {"care", WARD_TEXT("Care")},
	{"things", WARD_TEXT("Rooms and things")}, {"is_well", WARD_TEXT("it works")},
	{"is_store", WARD_TEXT("not for long")}, {"is_without", WARD_TEXT("lacks what it needs")},
	{"is_off", WARD_TEXT("off: too hot")}, {"is_cut-off", WARD_TEXT("nobody gets there")},
	{"is_stopped", WARD_TEXT("stopped")}, {"is_burnt", WARD_TEXT("burns, or did")},
	{"store_battery", WARD_TEXT("battery")}, {"store_fuel", WARD_TEXT("fuel")},
	{"store_tank", WARD_TEXT("tank")}, {"store_paper", WARD_TEXT("paper")},
	{"store_warmth", WARD_TEXT("of the way to too warm")}, {"ends", WARD_TEXT("empty")},
	{"ends_warmth", WARD_TEXT("too warm")}, {"stands", WARD_TEXT("stands")},
	{"lost", WARD_TEXT("lost for")}, {"falls", WARD_TEXT("will be lost")},
	{"back", WARD_TEXT("open again")}, {"sign", WARD_TEXT("has a sign on it")},
	{"forecast", WARD_TEXT("forecasts it")}, {"nothing", WARD_TEXT("says nothing")},
	{"within", WARD_TEXT("within")}, {"after", WARD_TEXT("seen after")},
	{"invisible", WARD_TEXT("no sensor can see it")},
	{"expected", WARD_TEXT("Who must be told")}, {"told_after", WARD_TEXT("told after")},
	{"response", WARD_TEXT("What is right to do")},
	{"worth", WARD_TEXT("What decisions prevented, and what that was worth")},
	{"prevented", WARD_TEXT("Prevented")}, {"policy", WARD_TEXT("by policy")},
	{"played_by", WARD_TEXT("Who plays whom")}, {"by_people", WARD_TEXT("people")},
	{"acknowledges", WARD_TEXT("acknowledges")}, {"contains", WARD_TEXT("contains it")},
	{"begins", WARD_TEXT("begins playbooks")}, {"answers", WARD_TEXT("answers playbooks")},
	{"approves", WARD_TEXT("approves actions")}, {"refuses", WARD_TEXT("refuses actions")},
	{"unsaid", WARD_TEXT("the story does not say")}, {"saves", WARD_TEXT("Saves by itself")},
	{"service", WARD_TEXT("Service")}, {"without", WARD_TEXT("Without these decisions")},
	{"as_played", WARD_TEXT("As it was played")}, {"not_hit", WARD_TEXT("not hit")}};

void api_exercise(struct api_request *r)
{
	static const struct member head[] = {{"scenario", TEXT}, {"title", TEXT}, {"story", TEXT},
		{"response", TEXT}, {"paused", BOOL}, {"ended", BOOL}, {"waits", BOOL},
		{"films", BOOL}, {"played_ms", NUMBER}, {"next_ms", NUMBER}};
	static const struct member expected[] = {
		{"role", TEXT}, {"name", TEXT}, {"within_ms", NUMBER}, {"after_ms", NUMBER}};
	static const struct member told[] = {
		{"time", TEXT}, {"recipient", TEXT}, {"acknowledged", BOOL}, {"policy", BOOL}};
	static const struct member played[] = {{"role", TEXT}, {"name", TEXT}, {"policy", BOOL},
		{"acknowledges_ms", NUMBER}, {"contains_ms", NUMBER}, {"answers_ms", NUMBER},
		{"agrees", NUMBER}, {"approves_ms", NUMBER}, {"refuses_ms", NUMBER},
		{"begins_ms", NUMBER}};
	static const struct member branch[] = {{"id", TEXT}, {"note", TEXT}, {"decided", TEXT},
		{"of", TEXT}, {"before_ms", NUMBER}, {"way", TEXT}, {"met", BOOL}};
	static const struct member entry[] = {{"time", TEXT}, {"played_ms", NUMBER}, {"what", TEXT},
		{"step", NUMBER}, {"note", TEXT}, {"inject", TEXT}, {"branch", TEXT},
		{"taken", BOOL}, {"decided", TEXT}, {"of", TEXT}, {"text", TEXT}, {"itself", BOOL},
		{"by", TEXT}};
	const struct ward_conf *c = r->a->board[WARD_API_BOARD_PLAY].is;

	if (!r->scope.everywhere) {
		api_refuse(r, 403,
			WARD_TEXT("this tells of the whole hospital, and you have places of it"));
		return;
	}
	if (!c) {
		api_refuse(r, 404, WARD_TEXT("no scenario is played here"));
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(&r->j, "at", api_board_time(c, "at"));
	put_members(&r->j, c, head, WARD_ARRAY_LEN(head));
	put_steps(r, c);
	put_list(&r->j, c, "expected", expected, WARD_ARRAY_LEN(expected));
	put_injects(&r->j, c);
	put_list(&r->j, c, "branches", branch, WARD_ARRAY_LEN(branch));
	put_list(&r->j, c, "told", told, WARD_ARRAY_LEN(told));
	put_list(&r->j, c, "played", played, WARD_ARRAY_LEN(played));
	put_list(&r->j, c, "log", entry, WARD_ARRAY_LEN(entry));
	put_messages(&r->j, c);
	put_roles(r);
	api_truth(r, c);
	put_worth(&r->j, c);
	put_words(r, page_word, WARD_ARRAY_LEN(page_word));
	ward_json_obj_end(&r->j);
}

/* ---- for players ---- */

static bool is_over(const struct ward_conf *c)
{
	return ward_str_eqz(ward_conf_word(c, "ended"), "true");
}

uint64_t ward_api_play_news(const struct ward_api *a)
{
	const struct ward_conf *c = a->board[WARD_API_BOARD_PLAY].is;
	uint64_t n;

	if (!c || !ward_str_u64(ward_conf_word(c, "news"), &n) || !n)
		return 0;
	return n << 1 | is_over(c);
}

static bool is_theirs(const struct ward_api_who *who, struct ward_str role)
{
	bool is = !role.len;

	for (size_t i = 0; i < who->n_role && !is; i++)
		is = ward_str_eq(who->role[i], role);
	return is;
}

/* In the role to which it was told; in any, where it was told to all. */
static bool has_seen(const struct ward_conf *message, struct ward_str person, struct ward_str role)
{
	const struct ward_conf *x = api_board_list(message, "seen");

	while (x && (!ward_str_eq(ward_conf_word(x, "by"), person) ||
			    (role.len && !ward_str_eq(ward_conf_word(x, "role"), role))))
		x = x->next;
	return x;
}

static void put_theirs(struct api_request *r, const struct ward_conf *message)
{
	static const struct member own[] = {{"id", TEXT}, {"time", TEXT}};

	for (const struct ward_conf *x = api_board_list(message, "to"); x; x = x->next) {
		if (!is_theirs(r->ask->who, ward_conf_word(x, "role")))
			continue;
		ward_json_obj(&r->j);
		put_members(&r->j, message, own, WARD_ARRAY_LEN(own));
		put_members(&r->j, x, text, WARD_ARRAY_LEN(text));
		ward_json_put_bool(&r->j, "seen",
			has_seen(message, r->ask->who->person, ward_conf_word(x, "role")));
		ward_json_obj_end(&r->j);
	}
}

void api_exercise_messages(struct api_request *r)
{
	static const struct word word[] = {{"title", WARD_TEXT("What the trainer tells")},
		{"seen", WARD_TEXT("I have read it")},
		{"kept", WARD_TEXT("Messages of the exercise that you have read")},
		{"all", WARD_TEXT("everybody")}};
	const struct ward_conf *c = r->a->board[WARD_API_BOARD_PLAY].is;
	bool plays = !(r->ask->who->rights & WARD_RIGHT_BIT(WARD_RIGHT_EXERCISE));

	ward_json_obj(&r->j);
	ward_json_key(&r->j, "messages");
	ward_json_arr(&r->j);
	if (c && plays && !is_over(c))
		for (const struct ward_conf *x = api_board_list(c, "messages"); x; x = x->next)
			put_theirs(r, x);
	ward_json_arr_end(&r->j);
	put_words(r, word, WARD_ARRAY_LEN(word));
	ward_json_obj_end(&r->j);
}
