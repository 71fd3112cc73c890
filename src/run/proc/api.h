/* Private to the process `api`: what its files share.
 *
 * A request goes through `serve_request` (api_http.c), which asks `login` whose session it is where
 * that is not known (api_session.c), to who answers it: the room `api`, what is about sessions and
 * decisions (api_sign.c), what is computed (api_reckon.c), streams (api_stream.c), files
 * (api_files.c). */
#ifndef WARD_RUN_PROC_API_H
#define WARD_RUN_PROC_API_H

#include "api/api.h"
#include "run/board.h"
#include "run/handed.h"
#include "run/cell.h"
#include "run/direct.h"
#include "run/httpd.h"
#include "run/machines.h"
#include "run/proc/api_body.h"
#include "run/proc/api_config.h"
#include "run/proc/api_held.h"
#include "run/proc/api_sealed.h"
#include "run/proc/playbook_know.h"
#include "run/rows.h"

enum {
	SERVE_BODY_MAX = 96 << 10,
	SERVE_SESSIONS = 1024,
	SERVE_SESSION_STREAMS = 8,
	SERVE_PERSON_STREAMS = 32, /* else a few people's sessions take all that there are */
	SERVE_PENDING = 256,
	SERVE_BUCKETS = 1024,
	SERVE_NAMES = 64,
	SERVE_LANGUAGES = 3,
	SERVE_FILES = 512,
	SERVE_TOKEN_MAX = 128,
	SERVE_POSTERS = 64,
	SERVE_POSTINGS = 64,
	SERVE_SEARCHES = 8, /* ways of searching of one session that are remembered */
};

#define SERVE_COOKIE "__Host-ward"
#define SERVE_DEVICE_COOKIE "__Host-ward-device"

struct serve_session {
	bool used;
	bool is_machine; /* known by its certificate: api_machine.c */
	uint8_t key[32]; /* hash of the token: time tells nothing of it */
	uint8_t token[WARD_SIGN_TOKEN];
	uint8_t *body; /* what `login` said, n bytes */
	size_t n;
	struct ward_session is; /* texts are in body */
	ward_ns checked;        /* monotonic: `login` said so */
	ward_ns asked;          /* the same: it was asked again, for its streams */
	ward_ns seen;           /* the same: its last request */
	size_t n_stream;
	struct serve_bucket bucket;
	struct serve_bucket uploads; /* files that it begins to hand in */
	struct serve_searched {      /* how it searched the past of late, as it is on record */
		uint64_t how;
		ward_ns at; /* monotonic */
	} searched[SERVE_SEARCHES];
};

struct serve_stream {
	bool used;
	struct ward_httpd_stream *is;
	struct server *s;
	struct serve_session *session; /* NULL: it is over */
	uint64_t after;
	ward_ns begun;
	ward_ns until; /* wall clock: the certificate of a machine is over */
};

/* What `login` was asked, and who waits for it. */
enum serve_question {
	SERVE_WHO,
	SERVE_LOOK,
	SERVE_SIGN,
	SERVE_DECIDE,
	SERVE_ENTER,
	SERVE_READ,
	SERVE_STILL,
	SERVE_SENSOR,
	SERVE_SEARCHED /* nobody waits */
};
struct serve_pending {
	bool used;
	uint32_t id;
	enum serve_question question;
	enum ward_sign_what what;
	enum ward_enter_what enter;
	struct ward_httpd_ask *ask; /* NULL of LOOK */
	uint8_t token[WARD_SIGN_TOKEN];
	bool configures; /* of DECIDE: a proposal is taken */
	ward_ns until;   /* monotonic */
};

struct server {
	struct ward_process p;
	struct playbook_known known;  /* the hospital and its playbooks */
	struct ward_plans *plans;     /* its floors */
	struct ward_watchposts posts; /* that are manned */
	struct ward_model *m;         /* of these */
	struct ward_arena arena;      /* what else is known from the start */
	struct ward_lang *lang[SERVE_LANGUAGES];
	size_t n_lang;
	struct ward_sharing *sharing;
	struct ward_str openapi;
	struct ward_cell cell; /* of the crisis: who has which role */
	struct ward_api *api;
	bool exercise;
	int care; /* memory of the supervisor: what people entered of availability */
	struct ward_entries_taken entries;
	struct serve_board {
		int fd;
		struct ward_id last;
	} board[WARD_API_BOARDS];
	struct serve_file file[SERVE_FILES];
	size_t n_file, file_bytes;
	struct ward_str name[SERVE_NAMES]; /* hosts that are ours */
	size_t n_name;
	char metrics_token[SERVE_TOKEN_MAX];
	struct ward_machines machines;
	struct serve_session machine[WARD_MACHINES_MAX]; /* of each of them */
	char machine_id[WARD_MACHINES_MAX][48];
	char *ca; /* PEM; NULL: the certificate is another's */
	struct ward_httpd *http;

	int store; /* link */
	uint32_t next_id, rows_id;
	struct ward_rows_query query;
	ward_ns rows_asked; /* monotonic; 0: nothing is on its way */
	uint64_t last;      /* of the store's rows */
	bool all;           /* every row that there was is read */

	int login; /* link; WARD_FD_NONE: nobody can sign in */
	struct serve_pending pending[SERVE_PENDING];
	int reckon;                          /* link; WARD_FD_NONE: nobody computes */
	int recall;                          /* link; WARD_FD_NONE: nobody reads the journal */
	struct serve_queue reckons, recalls; /* what waits for them */
	int config;                          /* link; WARD_FD_NONE: there is none */
	struct serve_configuring configuring[SERVE_CONFIGURING];
	struct serve_session session[SERVE_SESSIONS];
	struct serve_stream stream[WARD_HTTPD_STREAMS];
	uint64_t play_news; /* what streams were told of a play (ward_api_play_news) */
	uint64_t fed;       /* the last row that streams were told of */
	struct serve_peer {
		uint8_t is[WARD_SEATS_PEER];
		struct serve_bucket all, signing, posting;
	} peer[SERVE_BUCKETS];

	struct serve_clips clips;
	bool uploads, files_kept; /* somebody looks at files, keeps some: api_upload.c */
	bool sensors;             /* elsewhere, which show certificates: api_sensor.c */
	struct serve_sensor {
		uint8_t print[WARD_SIGN_TOKEN];
		char id[WARD_SENSOR_ID + 1]; /* empty: unused */
		ward_ns checked;             /* monotonic: `login` said so */
	} sensor[WARD_SENSORS_MAX];
	int ingest; /* link; WARD_FD_NONE: nobody may post */
	struct serve_posting {
		struct ward_httpd_ask *ask; /* NULL: unused */
		uint32_t id;
		uint8_t hash[32]; /* of its token */
		ward_ns until;    /* monotonic */
	} posting[SERVE_POSTINGS];
	struct serve_poster {
		bool used;
		uint8_t hash[32];
		struct serve_bucket bucket;
	} poster[SERVE_POSTERS];

	struct ward_wr out;                 /* an answer's body */
	uint8_t scratch[SERVE_BODY_MAX];    /* unescaped texts of a request */
	uint8_t buf[WARD_MSG_MAX];          /* a message that came */
	uint8_t message[WARD_MSG_BODY_MAX]; /* one that goes */
};

void serve_need(struct server *s, enum ward_err err);
ward_ns serve_mono(const struct server *s);

/* ---- api_know.c: before the cage ---- */
void serve_know(struct server *s);
void serve_forget(struct server *s);
const char *serve_setting(struct server *s, const char *key);

/* ---- api_files.c ---- */
/* All files beneath the folder, into memory. */
void serve_files_read(struct server *s, const char *folder);
void serve_files_free(struct server *s);
/* What is neither the API's nor of a name of its own. */
void serve_file(struct server *s, struct ward_httpd_ask *a);

/* ---- api_http.c ---- */
struct serve_answer {
	unsigned status;
	const char *type; /* NULL: without a body */
	struct ward_slice body;
	bool lasting;      /* the body outlives the server */
	const char *cache; /* NULL: no-store */
	const char *etag, *cookie, *device_cookie, *allow, *encoding;
	const char *cookie_also, *location, *disposition;
	bool varies;             /* by Accept-Encoding */
	struct ward_str members; /* of a problem: a JSON object whose members it has, too */
	unsigned wait_s;
};
void serve_say(struct server *s, struct ward_httpd_ask *a, const struct serve_answer *answer);
void serve_problem(struct server *s, struct ward_httpd_ask *a, unsigned status, const char *detail);
void serve_problem_str(
	struct server *s, struct ward_httpd_ask *a, unsigned status, struct ward_str detail);
/* 403: which right it needs. */
void serve_needs(struct server *s, struct ward_httpd_ask *a, enum ward_right right);
/* With the members of a JSON object of ours, too. */
void serve_problem_with(struct server *s, struct ward_httpd_ask *a, unsigned status,
	struct ward_str detail, struct ward_str members);
/* As 429, with the seconds to wait. */
void serve_wait(struct server *s, struct ward_httpd_ask *a, ward_ns wait, struct ward_str detail);
/* The fields that every stream's answer has, too. */
size_t serve_fields(struct server *s, const struct ward_httpd_ask *a, const struct serve_answer *x,
	struct ward_httpd_field ret[WARD_HTTPD_ANSWER_FIELDS]);
/* For ward_httpd_opts; ctx is the server. */
void serve_request(void *ctx, struct ward_httpd_ask *a);
void serve_refused(void *ctx, struct ward_httpd_ask *a, unsigned status, const char *why);
/* A request of this session, or of nobody. */
void serve_dispatch(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
/* True: it may go on. */
bool serve_may(struct server *s, struct serve_bucket *b, const struct serve_rate *r);
struct serve_peer *serve_peer_of(struct server *s, const uint8_t from[WARD_SEATS_PEER]);
struct ward_api_who serve_who(const struct serve_session *x);
/* Has `login` put on record that the past was searched, and how (ward_api_answer). */
void serve_searched(
	struct server *s, struct ward_httpd_ask *a, struct serve_session *who, const char *how);

/* ---- api_session.c ---- */
/* The session of a token as far as it is known here; NULL. */
struct serve_session *serve_session_find(struct server *s, const uint8_t *token);
/* What `login` said of it, body is the message's; NULL: it is no session. */
struct serve_session *serve_session_keep(
	struct server *s, const uint8_t *token, struct ward_slice body);
/* It is over: its streams end. */
void serve_session_drop(struct server *s, struct serve_session *x);
/* Asks `login`; who waits is answered when that can't be. */
void serve_ask_login(struct server *s, const struct serve_pending *p, enum ward_msg_type type,
	struct ward_slice body);
void serve_ask_who(struct server *s, struct ward_httpd_ask *a, const uint8_t *token);
/* What came from it, and what does not come. */
void serve_hear_login(struct server *s);

#include "run/proc/api_parts.h"

#endif
