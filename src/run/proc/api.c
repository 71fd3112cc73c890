/* The console and the API, for whoever's browser comes: HTTPS, the picture of the store's rows that
 * the room `api` keeps, and what `login` says of who asks.
 *
 * It reads rows and writes none; it has no file, no password and no key but that of its
 * certificate. Whoever takes it over sees what is shown to those who are signed in meanwhile, and
 * decides only what they may. */
#include "run/proc/api_post.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>

enum { WAIT_MS = 500, ENTRIES_EVERY_S = 2, OVERWRITTEN = 0xAA };

static const ward_ns rows_again = 2 * WARD_NS_PER_S;

void serve_need(struct server *s, enum ward_err err)
{
	if (err)
		ward_process_die(&s->p, "out of memory", err);
}

ward_ns serve_mono(const struct server *s)
{
	return ward_clock_mono(s->p.clock);
}

/* ---- rows ---- */

static void ask_rows(struct server *s)
{
	uint8_t body[32];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	ward_ns now = serve_mono(s);

	if (s->rows_asked && now - s->rows_asked < rows_again)
		return;
	s->query.n = WARD_ROWS_MAX;
	ward_rows_query_put(&w, &s->query);
	s->rows_id = s->next_id++;
	enum ward_err err = ward_msg_send(s->store, WARD_MSG_ROWS, s->rows_id, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&s->p, "the link with store", err);
	s->rows_asked = now;
}

static void take_rows(struct server *s, struct ward_msg *m)
{
	size_t n;
	uint64_t last;

	if (m->type != WARD_MSG_ROW_LIST || m->id != s->rows_id)
		return; /* of a former life, or a question that was asked again */
	if (ward_row_list_get(&m->body, &s->query, &last, &n) != WARD_OK)
		ward_process_die(&s->p, "what store says is no list of rows", WARD_ERR_MALFORMED);
	s->rows_asked = 0;
	s->last = last;
	for (size_t i = 0; i < n; i++) {
		struct ward_store_row row;

		if (ward_row_list_next(&m->body, &row) != WARD_OK)
			ward_process_die(&s->p, "a row of store", WARD_ERR_MALFORMED);
		s->query.after = row.row;
		serve_need(s, ward_api_take(s->api, &row));
	}
	if (!n && last > s->query.after) /* none is left that was not erased */
		s->query.after = last;
	s->all = s->all || s->query.after >= last;
}

static void hear_rows(struct server *s)
{
	struct pollfd p = {s->store, POLLIN, 0};
	struct ward_msg m;

	if (poll(&p, 1, 0) != 1)
		return;
	enum ward_err err = ward_msg_recv(s->store, s->buf, &m);

	if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
		ward_process_die(&s->p, "the link with store", err);
	if (!err)
		take_rows(s, &m);
}

static void look_at_entries(struct server *s)
{
	if (s->care == WARD_FD_NONE)
		return;
	enum ward_err err = ward_entries_take(&s->entries, s->care, s->m, &s->known.lim);

	if (!err)
		serve_need(s, ward_api_entries(s->api, &s->entries.is));
	else if (err != WARD_ERR_AGAIN)
		ward_count_name(&s->p.counters, "api.entries_unread", 1);
}

static void look_at_boards(struct server *s)
{
	for (size_t i = 0; i < WARD_API_BOARDS; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_BOARD_BYTES);
		enum ward_err err = s->board[i].fd == WARD_FD_NONE ? WARD_ERR_AGAIN
								   : ward_board_read(s->board[i].fd,
									     &s->board[i].last, &w);

		if (!err)
			ward_api_board(s->api, (enum ward_api_board)i, ward_wr_text(&w));
		else if (err != WARD_ERR_AGAIN)
			ward_count_name(&s->p.counters, "api.boards_unread", 1);
		ward_wr_fini(&w);
	}
}

/* ---- */

static void link_up(struct server *s)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;

	/* what the libraries read of the system they read now: there are no files in the cage */
	if (sodium_init() < 0 || EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1)
		ward_process_die(&s->p, "the cryptographic libraries", WARD_ERR_UNSUPPORTED);
	s->store = ward_process_need_fd(&s->p, "store");
	s->login = ward_process_fd(&s->p, "login");
	s->reckon = ward_process_fd(&s->p, "reckon");
	s->recall = ward_process_fd(&s->p, "recall");
	s->config = ward_process_fd(&s->p, "config");
	s->ingest = ward_process_fd(&s->p, "ingest");
	s->uploads = ward_process_setting(&s->p, "uploads") != NULL;
	s->files_kept = ward_process_setting(&s->p, "files_kept") != NULL;
	s->sensors = ward_process_setting(&s->p, "sensors") != NULL;
	s->clips.link = ward_process_fd(&s->p, "clips");
	s->next_id = ward_process_ids();
	s->out = ward_wr_grow(ward_mem_heap(), WARD_API_ANSWER);
	if (fcntl(s->store, F_SETFL, O_NONBLOCK) != 0 ||
		(s->login != WARD_FD_NONE && fcntl(s->login, F_SETFL, O_NONBLOCK) != 0) ||
		(s->reckon != WARD_FD_NONE && fcntl(s->reckon, F_SETFL, O_NONBLOCK) != 0) ||
		(s->recall != WARD_FD_NONE && fcntl(s->recall, F_SETFL, O_NONBLOCK) != 0) ||
		(s->config != WARD_FD_NONE && fcntl(s->config, F_SETFL, O_NONBLOCK) != 0) ||
		(s->ingest != WARD_FD_NONE && fcntl(s->ingest, F_SETFL, O_NONBLOCK) != 0) ||
		(s->clips.link != WARD_FD_NONE && fcntl(s->clips.link, F_SETFL, O_NONBLOCK) != 0))
		ward_process_die(&s->p, "the links", WARD_ERR_IO);
}

int main(int argc, char **argv)
{
	struct server *s = calloc(1, sizeof(*s));
	ward_ns looked = 0;

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "api", argc, argv);
	s->p.n_descriptor_max = WARD_HTTPD_DESCRIPTORS;
	/* what is freed is overwritten: passwords and files pass through TLS's own buffers */
	(void)mallopt(M_PERTURB, OVERWRITTEN);
	link_up(s);
	serve_know(s);
	ward_process_cage(&s->p, WARD_CAGE_SERVE, NULL);
	while (!ward_process_stopping()) {
		const int also[] = {s->store, s->login, s->reckon, s->recall, s->config, s->ingest,
			s->clips.link};

		ask_rows(s);
		if (ward_httpd_turn(s->http, also, WARD_ARRAY_LEN(also), WAIT_MS) != WARD_OK)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		hear_rows(s);
		serve_hear_login(s);
		serve_hear_reckon(s);
		serve_hear_config(s);
		serve_hear_ingest(s);
		serve_hear_clips(s);
		serve_streams(s);
		if (serve_mono(s) - looked > ENTRIES_EVERY_S * WARD_NS_PER_S) {
			look_at_entries(s);
			look_at_boards(s);
			ward_api_expire(s->api, ward_clock_now(s->p.clock));
			looked = serve_mono(s);
		}
		ward_process_count(&s->p);
	}
	serve_forget(s);
	for (size_t i = 0; i < SERVE_SESSIONS; i++) {
		if (s->session[i].body)
			ward_wipe(s->session[i].body, s->session[i].n);
		free(s->session[i].body);
	}
	for (size_t i = 0; i < WARD_TURNS; i++) {
		free(s->reckons.question[i].text);
		free(s->recalls.question[i].text);
	}
	ward_wr_fini(&s->out);
	int status = ward_process_end(&s->p);

	ward_wipe(s, sizeof(*s));
	free(s);
	return status;
}
