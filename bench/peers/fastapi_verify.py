"""The original's way to take a link over HTTP: FastAPI with a multipart form. It parses and hashes, and verifies nothing."""

import hashlib
import json
import sys

import uvicorn
from fastapi import FastAPI, File, UploadFile

app = FastAPI()


@app.get('/healthz')
def healthz():
    return {'status': 'ok'}


@app.post('/verify_in-toto_link')
async def verify(link_file: UploadFile = File(...)):
    data = await link_file.read()
    link = json.loads(data)
    return {'status': 'success', 'message': link['signed']['name'], 'details': {'sha256': hashlib.sha256(data).hexdigest()}}


uvicorn.run(app, host='127.0.0.1', port=int(sys.argv[1]), log_level='error')
