// The head of an edge: a triangle at 62 % of the curve; refused ones carry a bar before it (6 more vertices).
layout(location = 0) in vec4 a_from_control;
layout(location = 1) in vec2 a_to;
layout(location = 2) in vec4 a_colour;
layout(location = 3) in vec4 a_form;

uniform vec3 u_camera;
uniform vec2 u_view;

out vec3 v_corner;  // barycentric within the triangle
out vec4 v_colour;
flat out int v_flags;

const float kAt = 0.62;

void main() {
  float u = 1.0 - kAt;
  vec2 at = u * u * a_from_control.xy + 2.0 * u * kAt * a_from_control.zw + kAt * kAt * a_to;
  vec2 along = 2.0 * u * (a_from_control.zw - a_from_control.xy) + 2.0 * kAt * (a_to - a_from_control.zw);
  vec2 ahead = normalize(along + vec2(1e-6, 0.0));
  vec2 aside = vec2(-ahead.y, ahead.x);
  float zoom = clamp(u_camera.z, 0.4, 1.5);
  float size = (5.0 + a_form.x * 255.0 / 16.0 * 0.7) * zoom;

  v_flags = int(a_form.y * 255.0 + 0.5);
  v_colour = vec4(a_colour.rgb, min(1.0, a_colour.a * 1.25));
  v_corner = vec3(0.0);
  vec2 local;
  if (gl_VertexID < 3) {
    local = gl_VertexID == 0 ? vec2(1.0, 0.0) : vec2(-0.7, gl_VertexID == 1 ? -0.75 : 0.75);
    v_corner[gl_VertexID] = 1.0;
  } else {
    int i = gl_VertexID - 3;
    float x = (i == 0 || i == 1 || i == 3) ? 1.35 : 1.75;
    float y = (i == 0 || i == 2 || i == 4) ? -1.0 : 1.0;
    bool refused = (v_flags & 2) != 0;
    local = refused ? vec2(x, y) : vec2(0.0);
    v_corner = vec3(0.1);
  }
  vec2 screen = (at - u_camera.xy) * u_camera.z + (ahead * local.x + aside * local.y) * size;
  gl_Position = vec4(screen * vec2(2.0, -2.0) / u_view, 0.0, 1.0);
}
