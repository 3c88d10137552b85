import { answered, callReader, parameter } from './cloudtrail.ts'
import { poolSubject, poolsNeeding } from './places.ts'

/**
 * The parameter by which each call names its thing. DisassociateRouteTable is left out: its association tells neither table
 * nor subnet.
 */
const names: Record<string, string> = {
  AuthorizeSecurityGroupIngress: 'groupId',
  AuthorizeSecurityGroupEgress: 'groupId',
  RevokeSecurityGroupIngress: 'groupId',
  RevokeSecurityGroupEgress: 'groupId',
  ModifySecurityGroupRules: 'groupId',
  CreateNetworkAclEntry: 'networkAclId',
  ReplaceNetworkAclEntry: 'networkAclId',
  DeleteNetworkAclEntry: 'networkAclId',
  CreateRoute: 'routeTableId',
  ReplaceRoute: 'routeTableId',
  DeleteRoute: 'routeTableId',
  DeleteNatGateway: 'natGatewayId',
  ModifyVpcEndpoint: 'vpcEndpointId',
  DeleteVpcEndpoints: 'vpcEndpointId',
}
const id = /^(sg|acl|rtb|nat|vpce)-[0-9a-f]{8,17}$/

/**
 * A change of the network that agents share, by whoever made it. It may open as well as close: the evidence tells what it
 * did to the agents, this tells who and when.
 */
export const networkChanged = callReader({
  source: 'aws.ec2',
  eventSource: 'ec2.amazonaws.com',
  calls: Object.keys(names),
  kinds: ['network-changed'],
  hears: 'a security group, network ACL, route, NAT gateway or VPC endpoint in `dependsOn` changed; each pool',
  things: (call) => {
    const told = parameter(call, names[call.eventName] ?? '')
    return (told.length > 0 ? told : answered(call)).filter((each) => id.test(each))
  },
  subjects: async (ids, _call, event, fleet) =>
    poolsNeeding(fleet, event, (dependency) => ids.includes(dependency)).map(poolSubject),
})
