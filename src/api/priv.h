/* Inside api: a request in hand. */
#ifndef WARD_API_PRIV_H
#define WARD_API_PRIV_H

#include "api/param.h"
#include "api/picture.h"

/* ---- a request ---- */
struct api_request {
	struct ward_api *a;
	const struct ward_api_ask *ask;
	struct ward_api_answer *ret;
	struct ward_wr *w;
	size_t from; /* of the answer in w */
	struct ward_json j;
	struct ward_str arg;                /* what stands in the path's braces */
	struct ward_str param[API_PARAM_N]; /* p NULL: not given */
	uint64_t limit;
	char searched[WARD_API_SHAPE]; /* as of the answer */
	struct api_scope scope;
	size_t at; /* of its language */
	struct ward_lang *lang;
	struct ward_str aside; /* a question for `reckon` that the answer does not wait for */
};

struct api_endpoint {
	struct ward_api_about is;
	unsigned params; /* 1 << enum api_param of those that it knows */
	/* An answer is good as long as … */
	enum {
		API_FIXED,
		API_BY_ROW,
		API_BY_MINUTE,
		API_BY_BOARD,
		API_OWN_BOARD, /* by the board, for who asks alone */
		API_OWN /* by the minute, for who asks alone, whose browser keeps nothing of it */
	} good;
	void (*answer)(struct api_request *r);
};
extern const struct api_endpoint api_endpoint[];
extern const size_t api_n_endpoint;

/* query.c */
enum api_match { API_NONE, API_OTHER_METHOD, API_MATCHES };
enum api_match api_find(struct ward_str method, struct ward_str path,
	const struct api_endpoint **ret, struct ward_str *ret_arg);
/* False: it was refused, by an answer. */
bool api_query(struct api_request *r, const struct api_endpoint *e);
/* A time that may be given; else *ret stays. False: it was refused. */
bool api_time_of(struct api_request *r, enum api_param p, ward_ns *ret);
bool api_wants(const struct api_request *r, enum api_param p, struct ward_str is);
/* Does the text have what is looked for, whatever the case? */
bool api_has(struct ward_str text, struct ward_str part);

/* The answer is this problem instead of what was written, in the language of who asks: an English
 * text (WARD_TEXT), or one that has none in it. */
void api_refuse(struct api_request *r, unsigned status, const char *english);
/* The same of a text with slots: API_REFUSE(r, 400, WARD_TEXT("no '{id}'"), {"id", id}); */
void api_refuse_with(struct api_request *r, unsigned status, const char *english,
	const struct ward_word_slot *slot, size_t n);
#define API_REFUSE(r, status, english, ...)                                                     \
	api_refuse_with((r), (status), (english), (const struct ward_word_slot[]){__VA_ARGS__}, \
		sizeof((const struct ward_word_slot[]){__VA_ARGS__}) /                          \
			sizeof(struct ward_word_slot))
static inline bool api_may(const struct api_request *r, enum ward_right right)
{
	return r->ask->who && (r->ask->who->rights & WARD_RIGHT_BIT(right));
}
/* Those that are open and that who asks may see, most harm to care first; in scratch. */
size_t api_open(struct api_request *r, struct api_incident ***ret);
/* The incident that the request names, if who asks may see it; NULL: it was refused. */
struct api_incident *api_asked(struct api_request *r);

/* A kept row's text, for as long as the request; NULL: it can't be read, or (the answer is then not
 * whole) there is no memory. */
const struct ward_conf *api_row_of(struct api_request *r, struct ward_str json);

/* ---- JSON ---- */
/* {"id","name"} of a node. */
void api_node(struct ward_json *j, const struct ward_model *m, uint32_t node);
/* "detection" … */
const char *api_row_name(enum ward_row_kind k);

/* Of a forecast, in millionths: less likely is not told. */
enum { API_POSSIBLE = 100000 };
/* line.c: what an incident is, in one line, in a language. NOMEM leaves it empty. */
WARD_MUST_CHECK enum ward_err api_line(struct ward_api *a, struct api_incident *in, size_t lang);
/* Services that are at least possibly hit, each once, the worst first; the sum of what that costs
 * is then the incident's. They live until the next line is made. */
size_t api_line_care(struct ward_api *a, struct api_incident *in, const struct api_forecast ***ret);
/* Of these one, as an object. */
void api_put_care(struct ward_api *a, struct ward_json *j, const struct api_forecast *f);
/* Does its name have that? */
bool api_line_has(struct ward_api *a, struct api_incident *in, size_t lang, struct ward_str part);
/* "name" and "where" of it, as members. */
void api_line_name(struct ward_api *a, struct api_incident *in, size_t lang, struct ward_json *j);

/* undo.c: "undo", what was decided of it and can be taken back now. */
void api_put_undo(struct api_request *r, struct api_incident *in);

/* reckon.c: the answer is what `reckon` says to that, in the reader's language; else it is asked.
 */
void api_reckon(struct api_request *r, struct ward_reckon_ask *ask);
/* The same for who says more beside it: what `reckon` says, as JSON; AGAIN: it is asked, and the
 * request is answered; else *ret is why there is nothing. */
WARD_MUST_CHECK enum ward_err api_reckon_ask(
	struct api_request *r, struct ward_reckon_ask *ask, struct ward_str *ret);
/* The same of a question in its bytes, which are in a->question. */
WARD_MUST_CHECK enum ward_err api_reckon_bytes(
	struct api_request *r, struct ward_str question, struct ward_str *ret);
void api_reckon_refuse(struct api_request *r, enum ward_err err, struct ward_str why);
static inline uint64_t api_minute(const struct api_request *r)
{
	return (uint64_t)(r->ask->now / (60 * WARD_NS_PER_S));
}
void api_reckoned_free(struct ward_api *a);
/* Does who asks see the whole hospital? An answer without what is elsewhere would be a wrong one.
 * False: it was refused. */
bool api_everywhere(struct api_request *r);

/* incidents.c, signs.c, report.c, abilities.c, filters.c, acts.c, care.c, assets.c, places.c */
void api_now(struct api_request *r);
void api_incidents(struct api_request *r);
void api_signs(struct api_request *r);
void api_report(struct api_request *r);
void api_cameras(struct api_request *r);
void api_camera(struct api_request *r);
/* What reads the camera that the request names, if who asks may see it; NULL: it was refused. */
const struct ward_source *api_camera_source(struct api_request *r);
void api_camera_boxes(struct api_request *r);
void api_events(struct api_request *r);
void api_flows(struct api_request *r);
void api_graph(struct api_request *r);
void api_trail(struct api_request *r);
void api_evidence(struct api_request *r);
void api_kept_files(struct api_request *r);
/* evidence.c: "photos" of that report, as members of evidence are. */
void api_put_photos(struct api_request *r, struct ward_id report);
/* reports.c */
bool api_sees_report(
	const struct ward_api *a, const struct ward_api_who *who, const struct api_kept *k);
void api_reports(struct api_request *r);
/* The incident of the sign that rests on that event, told at about that row, if who asks may see
 * it; NULL. *ret_sign: there is such a sign. */
struct api_incident *api_sign_incident(
	const struct api_request *r, struct ward_id event, uint64_t row, bool *ret_sign);
void api_abilities(struct api_request *r);
void api_tuning(struct api_request *r);
void api_filters(struct api_request *r);
/* "held_back": the filters on one rule, as api_filters has them. */
void api_held_back(struct api_request *r, struct ward_str rule);
void api_runs(struct api_request *r);
void api_actions(struct api_request *r);
void api_care(struct api_request *r);
void api_have(struct api_request *r);
/* care.c: "at", "exercise", "document" (EDXL-HAVE), members of an open object. */
void api_put_have(struct api_request *r);
void api_region(struct api_request *r);
void api_assets(struct api_request *r);
void api_asset(struct api_request *r);
/* The thing that the request names, if who asks may see it; WARD_NONE: it was refused. */
uint32_t api_thing(struct api_request *r);
void api_peers(struct api_request *r);
void api_risk(struct api_request *r);
void api_seen(struct api_request *r);
void api_normal(struct api_request *r);
void api_candidates(struct api_request *r);
void api_aside(struct api_request *r);
void api_search(struct api_request *r);
void api_paths(struct api_request *r);
void api_what_if(struct api_request *r);
void api_score(struct api_request *r);
void api_model(struct api_request *r);
void api_buildings(struct api_request *r);
void api_plan(struct api_request *r);
void api_health(struct api_request *r);
bool api_is_rule(const struct ward_api *a, struct ward_str id); /* of the brain's board */
void api_rules(struct api_request *r);
void api_rules_tests(struct api_request *r);
void api_rule(struct api_request *r);
void api_setup(struct api_request *r);
void api_exercise(struct api_request *r);
void api_exercise_messages(struct api_request *r);
/* truth.c: member `truth` of the play's board, each beside what Ward says of it. */
void api_truth(struct api_request *r, const struct ward_conf *board);
void api_classes(struct api_request *r);
/* Members: how a source is, and how many events came of it. */
void api_source_state(struct api_request *r, const struct ward_source *s);
void api_privacy(struct api_request *r);
/* duties.c. Members: since when the hospital knows, and the clocks that wait, run or ran. */
void api_duties_put(struct api_request *r, struct api_incident *in);
void api_duties_drop(struct ward_api *a, struct api_incident *in);
/* Of a board: a list's first member, or NULL; a time, or NEVER. */
const struct ward_conf *api_board_list(const struct ward_conf *c, const char *key);
ward_ns api_board_time(const struct ward_conf *c, const char *key);
/* Does it watch something that who asks may see? */
bool api_sees_source(const struct api_request *r, const struct ward_source *s);
/* "sources": those that who asks may see, each with what `put` says of it behind its name. */
void api_put_sources(
	struct api_request *r, void (*put)(struct api_request *r, const struct ward_source *s));
/* The source and how it is, as an object. */
void api_put_source(struct api_request *r, const struct ward_source *s);
void api_openapi(struct api_request *r);
void api_crisis(struct api_request *r);
void api_situation(struct api_request *r);

/* crisis.c: members of an open object; what of the cell who asks may see; its words. */
void api_crisis_head(struct api_request *r);
bool api_crisis_sees(const struct api_request *r, const struct ward_crisis_item *i);
/* "plan blanc", as the hospital's country has it. */
struct ward_str api_crisis_level(struct api_request *r, unsigned level);
/* One decision of the cell, one task, one call, as objects. */
void api_crisis_put(struct api_request *r, const struct ward_crisis_item *i);
/* Of a role or a person the name. */
struct ward_str api_crisis_owner(const struct api_request *r, struct ward_str id);
struct ward_str api_role_name(const struct ward_api *a, struct ward_str id);
void api_permits(struct api_request *r);
void api_watch(struct api_request *r);
void api_watch_post(struct api_request *r);
void api_watch_sheet(struct api_request *r);
/* sheet.c: what would be handed over there now; release by ward_sheet_fini. */
struct ward_str api_make_sheet(
	struct ward_api *a, const struct ward_shift_post *p, ward_ns now, struct ward_sheet *s);
/* One that is shown, as member "sheet". */
void api_put_sheet(struct api_request *r, struct ward_str text, const char *hash, bool intact);
/* A role by its id and its name. */
void api_put_role(struct api_request *r, const char *key, const char *key_name, struct ward_str id);
void api_watch_load(struct api_request *r);

/* Actions that wait for somebody, of incidents that who asks may see; and requests of runs. */
size_t api_waiting_actions(const struct api_request *r);
size_t api_waiting_requests(const struct api_request *r);

#endif
