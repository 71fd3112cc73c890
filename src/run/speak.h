/* Text to speech, by a child process that runs the program espeak-ng.
 *
 * Whoever speaks with the network gets sound over a link; whoever makes it has neither the network
 * nor a secret. The child is forked before the cage; it lets the program, once for each text, read
 * files of this machine and write to its pipe: no sockets, no file that grows, its own uid, some
 * seconds of time. Both end with their parents. */
#ifndef WARD_RUN_SPEAK_H
#define WARD_RUN_SPEAK_H

#include "run/process.h"

enum { WARD_SPEAK_TEXT = 4096, WARD_SPEAK_SOUND = 6 << 20, WARD_SPEAK_VOICE = 16 };

/* *ret_link is the parent's end, which does not block; voice is a name of the program's, such as
 * "it". Before the cage, and before a secret is read. Without the program it ends the process and
 * says which package has it. */
void ward_speak_start(struct ward_process *p, const char *voice, int *ret_link);
/* Asks for one text, at most WARD_SPEAK_TEXT bytes; one at a time. CLOSED, IO: the child is gone.
 */
WARD_MUST_CHECK enum ward_err ward_speak_ask(int link, struct ward_str text);
/* More of the sound, behind what is in w. OK: it is whole, a WAV file; AGAIN: not yet; UNSUPPORTED:
 * the program can't. CLOSED, IO: the child is gone. */
WARD_MUST_CHECK enum ward_err ward_speak_take(int link, struct ward_wr *w);

#endif
