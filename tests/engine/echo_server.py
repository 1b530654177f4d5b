#!/usr/bin/env python3
"""echo_server: a small server of OpenAI's completions that echoes a prompt's log-probabilities, on a real model.

    echo_server.py MODEL.gguf [PORT]        prints its base URL; PORT 0 or none takes any free one

It needs ik-llama-cpp-python, which `likelihood` installs in an environment of its own. Beside /v1/completions it has
what lm-evaluation-harness asks a tokenizer for: /tokenize, /detokenize, /tokenizer_info. One prompt at a time.
"""
import ctypes
import json
import math
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy
from ik_llama_cpp import _ctypes_api as C
from ik_llama_cpp._internals import IkContext, IkModel

CONTEXT = 2048


class Engine:
    def __init__(self, path):
        self.model = IkModel(path)
        self.context = IkContext(self.model, n_ctx=CONTEXT, n_threads=1, flash_attn=False)
        self.pieces = {}
        self.lock = threading.Lock()

    def tokenize(self, text):
        return self.model.tokenize(text, add_bos=False, special=False)

    def piece(self, token):
        """A token's own bytes."""
        if token not in self.pieces:
            room = ctypes.create_string_buffer(256)
            length = C.llama_token_to_piece(self.model.model, token, room, 256, 0, True)
            self.pieces[token] = room.raw[:max(length, 0)]
        return self.pieces[token]

    def logprobs(self, tokens):
        """Of each token but the first, given all before it; then the likeliest next one and its own."""
        self.context.kv_cache_clear()
        batch = C.llama_batch_init(len(tokens), 0, 1)
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, i, 1, 1
            batch.seq_id[i][0] = 0
        status = self.context.decode(batch)
        C.llama_batch_free(batch)
        if status != 0:
            raise ValueError("llama_decode failed: %d" % status)
        told = [None]
        for i in range(len(tokens)):
            row = numpy.ctypeslib.as_array(C.llama_get_logits_ith(self.context.ctx, i), (self.model.n_vocab,))
            row = row.astype(numpy.float64)
            total = row.max() + math.log(numpy.exp(row - row.max()).sum())
            following = tokens[i + 1] if i + 1 < len(tokens) else int(row.argmax())
            told.append(float(row[following] - total))
        return following, told

    def choice(self, index, prompt):
        tokens = self.tokenize(prompt) if isinstance(prompt, str) else list(prompt)
        generated, logprobs = self.logprobs(tokens)
        tokens.append(generated)
        texts, offsets, seen = [], [], b""
        for token in tokens:
            offsets.append(len(seen.decode("utf-8", "ignore")))
            seen += self.piece(token)
            texts.append(self.piece(token).decode("utf-8", "replace"))
        return {"index": index, "text": seen.decode("utf-8", "replace"), "finish_reason": "length",
                "logprobs": {"tokens": texts, "token_logprobs": logprobs, "text_offset": offsets,
                             "top_logprobs": [None] + [{text: value} for text, value in zip(texts[1:], logprobs[1:])]}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *ignored):
        pass

    def say(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        pages = {"/v1/models": {"object": "list", "data": [{"id": "smollm2", "max_model_len": CONTEXT}]},
                 "/tokenizer_info": {"eos_token": "<|im_end|>", "bos_token": None, "pad_token": None}}
        self.say(200 if self.path in pages else 404, pages.get(self.path, {"error": {"message": "no such page"}}))

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        engine = self.server.engine
        if self.path == "/tokenize":
            self.say(200, {"tokens": engine.tokenize(asked["prompt"])})
        elif self.path == "/detokenize":
            self.say(200, {"prompt": b"".join(map(engine.piece, asked["tokens"])).decode("utf-8", "replace")})
        elif self.path == "/v1/completions" and asked.get("echo") and asked.get("max_tokens") == 1:
            prompts = asked["prompt"]
            if isinstance(prompts, str) or (prompts and isinstance(prompts[0], int)):
                prompts = [prompts]
            with engine.lock:
                choices = [engine.choice(i, prompt) for i, prompt in enumerate(prompts)]
            self.say(200, {"object": "text_completion", "model": "smollm2", "choices": choices,
                           "usage": {"prompt_tokens": sum(len(c["logprobs"]["tokens"]) - 1 for c in choices),
                                     "completion_tokens": len(choices)}})
        else:
            self.say(400, {"error": {"message": "expected completions with echo and max_tokens 1"}})


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Handler)
server.engine = Engine(sys.argv[1])
print("http://127.0.0.1:%d/v1" % server.server_address[1], flush=True)
server.serve_forever()
