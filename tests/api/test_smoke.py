import pytest, json
from tests import factories
from tests.api.helpers import Program
from tests.test_access_matrix import World, world
__all__=["world"]
pytestmark=pytest.mark.django_db

def show(a):
    print(a.status_code, a.headers.get("ETag"), a.content[:1500].decode())

def test_it(world: World):
    from stageapp.api.v1.document import document
    p=Program(world.people["owner"])
    d=document()
    keys=world.keys
    for path, ops in d["paths"].items():
        for m,o in ops.items():
            if m!="get": continue
            url=path
            for n,k in (("activities","activity"),("reflections","reflection"),("goals","goal"),("evidence","evidence"),("saved","saved"),("placements","placement"),("guidance-questions","question"),("items","item"),("attachments","attachment")):
                if f"/{n}/{{pk}}" in url: url=url.replace("{pk}",str(keys[k]))
            url=url.replace("{key}","days")
            for who in ("owner","teacher","admin"):
                q=Program(world.people[who])
                a=q.get(url.replace("{pk}",str(keys["placement"])))
                print(who, url, a.status_code, (a.content[:600].decode() if not a.streaming else "file"))
