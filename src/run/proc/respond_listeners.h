/* Whom `respond` tells: the lines that the supervisor made of recipients.yml and the hospital
 * (run/live_listeners.c), read once. They come from the supervisor, and are held to their form all
 * the same. */
#ifndef WARD_RUN_PROC_RESPOND_LISTENERS_H
#define WARD_RUN_PROC_RESPOND_LISTENERS_H

#include "respond/respond.h"
#include "run/process.h"

struct respond_listeners {
	struct ward_listener listener[WARD_RECIPIENTS_MAX];
	struct ward_str role[WARD_RECIPIENTS_MAX][WARD_RECIPIENT_ROLES];
	struct ward_str threat[WARD_RECIPIENTS_MAX][WARD_RECIPIENT_ABOUT],
		service[WARD_RECIPIENTS_MAX][WARD_RECIPIENT_ABOUT];
	size_t n;
	bool standards; /* one of them gets a standard's messages */
	struct ward_respond_camera camera[WARD_RESPOND_CAMERAS];
	size_t n_camera;
	struct ward_respond_playbook playbook[WARD_RECIPIENT_PLAYBOOKS];
	size_t n_playbook;
	struct ward_respond_post post[WARD_RESPOND_POSTS];
	size_t n_post;
	ward_ns hand_over; /* of posts.yml */
	struct ward_respond_role called[WARD_RESPOND_ROLES];
	size_t n_called;
	struct ward_respond_agreement agreement[WARD_RESPOND_AGREEMENTS];
	size_t n_agreement;
	struct ward_intern node; /* things and places of the hospital, numbered as they came … */
	struct ward_respond_place *node_at; /* … and what there is to know of each */
	size_t cap_node;
	struct ward_arena texts;
	struct ward_id whom; /* of all that was read */
};

/* Ends the process when they can't be read. Before the cage: it reads the languages' words. */
void respond_listeners_read(
	struct ward_process *p, const struct ward_limits *lim, struct respond_listeners *ret);
void respond_listeners_free(struct respond_listeners *l);
/* `at` of struct ward_respond_opts, with the listeners as ctx. */
bool respond_listeners_at(void *ctx, struct ward_str id, struct ward_respond_place *ret);
/* `bounds` of it. */
size_t respond_listeners_bounds(
	void *ctx, struct ward_str places, uint32_t ret[WARD_PERSON_PLACES]);

#endif
